"""From raw values to what a column holds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.source.load_options import LoadOptions
from services.source.rows.raw_rows import RawRow, RejectedRow, UnreadableFileError
from services.source.rows.row_validator import RowValidator
from services.source.rows.values import UnfitValueError, convert
from services.source.schema import Column, Kind, columns
from services.tables import GEO, PIN, TABLES, USER

INT = Column("age", Kind.INT)
DOUBLE = Column("latitude", Kind.DOUBLE)
DATETIME = Column("timestamp", Kind.DATETIME)
SHORT = Column("country", Kind.VARCHAR, 5)
TEXT = Column("title", Kind.TEXT)
WHEN = datetime(2021, 9, 26, 19, 49, 23)  # noqa: DTZ001  the course's times carry no zone


@pytest.mark.parametrize(
    ("raw", "column", "value"),
    [
        ("20", INT, 20),
        (" 20 ", INT, 20),
        ("20.0", INT, 20),
        (20.0, INT, 20),
        (True, INT, 1),
        ("-1", INT, -1),
        ("", INT, None),
        ("NULL", INT, None),
        (r"\N", INT, None),
        (None, TEXT, None),
        ("-88.8298", DOUBLE, -88.8298),
        ("1e-05", DOUBLE, 1e-05),
        (7, DOUBLE, 7.0),
        ("2021-09-26T19:49:23", DATETIME, WHEN),
        ("2021-09-26 19:49:23", DATETIME, WHEN),
        ("2021-09-26", DATETIME, WHEN.replace(hour=0, minute=0, second=0)),
        ("2021-09-26T21:49:23+02:00", DATETIME, WHEN),
        ("2021-09-26 14:19:23 -0530", DATETIME, WHEN),
        ("2021-09-26T19:49:23.000Z", DATETIME, WHEN),
        ("2021-09-26 19:49:22.500000+00:00", DATETIME, WHEN),
        ("2021-09-26 19:49:23 UTC", DATETIME, WHEN),
        ("2021/9/26 19:49:23", DATETIME, WHEN),
        ("26/09/2021 19:49:23", DATETIME, WHEN),
        ("9/26/2021, 7:49:23 PM", DATETIME, WHEN),
        ("26.09.2021 19:49:23", DATETIME, WHEN),
        ("1632685763000", DATETIME, WHEN),
        (1632685763, DATETIME, WHEN),
        (WHEN.replace(tzinfo=UTC), DATETIME, WHEN),
        (WHEN.date(), DATETIME, WHEN.replace(hour=0, minute=0, second=0)),
        ("NaT", DATETIME, None),
        ("nan", DOUBLE, None),
        (float("nan"), INT, None),
        ("None", INT, None),
        ("1,234,567", INT, 1_234_567),
        ("-88,8298", DOUBLE, -88.8298),
        (Decimal("1.50"), DOUBLE, 1.5),
        (b"bytes", TEXT, "bytes"),
        (WHEN, TEXT, "2021-09-26 19:49:23"),
        ("", TEXT, ""),
        ("NULL", TEXT, "NULL"),
        (" kept ", TEXT, " kept "),
        (532, TEXT, "532"),
        ("🎄" * 5, SHORT, "🎄" * 5),
        ("é" * 32_767, TEXT, "é" * 32_767),
    ],
)
def test_a_value_that_fits_becomes_the_columns_own(
    raw: object, column: Column, value: object
) -> None:
    """Text stays as it is; numbers and dates are read however the file writes them."""
    assert convert(raw, column) == value


@pytest.mark.parametrize(
    ("raw", "column", "reason"),
    [
        ("12k", INT, "'12k' is not an integer"),
        ("20.5", INT, "not an integer"),
        ("1_000", INT, "not an integer"),
        ("٣", INT, "not an integer"),
        ("2147483648", INT, "beyond what an INT holds"),
        ("9" * 400, INT, "not an integer"),
        ("1,23", INT, "not an integer"),
        ("1,234,5", DOUBLE, "not a number"),
        ("1e999", DOUBLE, "not a number"),
        (10**400, DOUBLE, "not a number"),
        ("0000-00-00 00:00:00", DATETIME, "not a date"),
        ("2021-02-30T00:00:00", DATETIME, "not a date"),
        ("26th of May", DATETIME, "not a date such as"),
        ("2021-09-26T19", DATETIME, "is not a date: its time of day"),
        ("9999-12-31T23:59:59-02:00", DATETIME, "is not a date: date value out of range"),
        ("13/13/2021", DATETIME, "is not a date: month"),
        (44465.8, DATETIME, "not a date such as"),
        ("20210926", DATETIME, "not a date such as"),
        ("sixsix", SHORT, "6 characters, 5 fit"),
        ("é" * 32_768, TEXT, "65,536 bytes, 65,535 fit"),
        ("bad \udcff byte", TEXT, "not valid Unicode"),
        (["a"], TEXT, "a JSON list"),
        ({"a": 1}, INT, "a JSON dict"),
        (True, TEXT, "a JSON bool"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_reason(
    raw: object, column: Column, reason: str
) -> None:
    """The reason says what is wrong with it, for a person."""
    with pytest.raises(UnfitValueError, match=reason):
        convert(raw, column)


@pytest.mark.parametrize(("day_first", "month"), [(True, 2), (False, 1)])
def test_a_day_that_can_be_a_month_is_read_as_the_option_says(
    day_first: bool,  # noqa: FBT001 - parametrised
    month: int,
) -> None:
    """01/02/2023 is in February where the day is first."""
    read = convert("01/02/2023", DATETIME, day_first=day_first)
    assert isinstance(read, datetime)
    assert read.month == month


def test_a_day_that_can_be_a_month_stops_the_load() -> None:
    """The refusal names the line, the column, the value and the option."""
    row = user(3, date_joined="01/02/2023 10:00")
    with pytest.raises(
        UnreadableFileError, match=r"line 3: date_joined '01/02/2023 10:00' begins.*DAYFIRST=1"
    ):
        RowValidator(USER)(row)
    assert RowValidator(USER, LoadOptions(day_first=False))(row)


def user(line: int, **values: object) -> RawRow:
    """A raw row of user_data."""
    return RawRow(USER, line, {"ind": "1", "first_name": "Ada"} | values)


def test_a_row_gets_every_column_and_null_for_absent_ones() -> None:
    """A checked row is complete and in the table's order."""
    assert RowValidator(USER)(user(2)) == {
        "ind": 1,
        "first_name": "Ada",
        "last_name": None,
        "age": None,
        "date_joined": None,
    }


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"ind": ""}, "no ind"),
        ({"ind": None}, "no ind"),
        ({"ind": "x"}, "ind: 'x' is not an integer"),
        ({"age": "old"}, "age: 'old' is not an integer"),
        ({"hobby": "chess"}, "unknown column 'hobby'"),
        ({"last_name": "x" * 256}, "last_name: has 256 characters, 255 fit"),
    ],
)
def test_a_row_that_cannot_be_loaded_says_which_column_and_why(
    values: dict[str, object], reason: str
) -> None:
    """The rejection names the line, the column and the reason."""
    assert RowValidator(USER)(user(7, **values)) == RejectedRow(USER, 7, reason)


def test_of_two_rows_with_one_key_the_first_stays() -> None:
    """A key that comes twice is rejected with the line that had it first, also on one line."""
    check = RowValidator(USER)
    assert not isinstance(check(user(2)), RejectedRow)
    assert check(user(9)) == RejectedRow(USER, 9, "ind 1 was already on line 2")
    assert check(user(2)) == RejectedRow(USER, 2, "ind 1 was already on line 2")


def test_a_rejected_row_does_not_use_up_its_key() -> None:
    """A good row may follow a bad one with the same key."""
    check = RowValidator(USER)
    assert isinstance(check(user(2, age="?")), RejectedRow)
    assert not isinstance(check(user(3)), RejectedRow)


def test_the_columns_are_the_schema_files() -> None:
    """The schema is read completely: as many columns as the course's tables have."""
    assert [len(columns(table)) for table in TABLES] == [12, 5, 5]
    assert columns(PIN)[0] == Column("index", Kind.INT)
    assert columns(PIN)[5] == Column("follower_count", Kind.VARCHAR, 255)
    assert columns(GEO)[1] == Column("timestamp", Kind.DATETIME)
    assert all(table.key == columns(table)[0].name for table in TABLES)
