"""Rows of CSV files."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.source.formats.csv.rows import csv_rows
from services.source.rows.raw_rows import RawRow, RejectedRow, UnreadableFileError
from services.source.schema import columns
from services.tables import GEO, PIN, USER, Table

HEADER = "ind,first_name,last_name,age,date_joined\n"


def read(content: str, table: Table = USER) -> list[RawRow | RejectedRow]:
    """All that the reader yields."""
    return list(csv_rows(table, io.StringIO(content, newline="")))


def named(rows: list[RawRow | RejectedRow]) -> list[tuple[int, object]]:
    """Line and first name, or line and reason, of each."""
    return [
        (row.line, row.values["first_name"] if isinstance(row, RawRow) else row.reason)
        for row in rows
    ]


def test_a_row_is_read_by_its_header() -> None:
    """Columns may come in any order."""
    (row,) = read("age,ind,last_name,first_name,date_joined\n20,1,L,A,2015-10-21 21:26:45\n")
    assert row == RawRow(
        USER,
        2,
        {
            "age": "20",
            "ind": "1",
            "last_name": "L",
            "first_name": "A",
            "date_joined": "2015-10-21 21:26:45",
        },
    )


@pytest.mark.parametrize("counter", ["", "Unnamed: 0"])
def test_the_unnamed_counter_column_is_left_out(counter: str) -> None:
    """The counter that pandas writes first is no column of the table."""
    (row,) = read(f"{counter},{HEADER}0,1,A,L,20,\n")
    assert isinstance(row, RawRow)
    assert row.values["ind"] == "1"
    assert counter not in row.values


def test_fields_over_several_lines_keep_the_count_of_lines() -> None:
    """A row's line is the one it begins at; CRLF and empty lines count as the editor counts."""
    rows = read(HEADER + '1,"A\nB",L,20,\r\n\r\n2,C,L,20,\r\n3,D,L\n')
    assert named(rows) == [(2, "A\nB"), (5, "C"), (6, "3 fields, the header has 5")]


def test_a_quote_that_never_ends_costs_only_its_own_line() -> None:
    """The rows that the open quote would swallow are read."""
    rows = read(HEADER + '1,"A,L,20,\n2,B,L,20,\n3,"C,D",L,20,\n4,E,L,20,\n')
    assert [line for line, _ in named(rows)] == [2, 3, 4, 5]
    assert isinstance(rows[0], RejectedRow)
    assert named(rows)[1:] == [(3, "B"), (4, "C,D"), (5, "E")]


def test_a_quote_that_never_ends_in_the_last_line_is_rejected() -> None:
    """The end of the file does not make a broken row whole."""
    rows = read(HEADER + '1,A,L,20,\n2,"B,L,20,\n')
    assert named(rows)[0] == (2, "A")
    assert isinstance(rows[1], RejectedRow)
    assert rows[1].line == 3


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "it is empty"),
        ("ind,first_name,last_name,age\n", "no column date_joined"),
        ("ind,name,last_name,age,date_joined\n", "unknown column 'name'"),
        (HEADER.strip() + ",age\n", "a column comes twice"),
        ("ind;first_name;last_name;age;joined\n", "unknown column 'joined'"),
        ('"ind,first_name\n', "no CSV header"),
    ],
)
def test_a_file_with_other_columns_is_refused(header: str, message: str) -> None:
    """The error names the columns and says which are wanted."""
    with pytest.raises(UnreadableFileError, match=message):
        read(header)


def test_columns_of_another_table_are_refused() -> None:
    """A user file under the name of the places is no places."""
    with pytest.raises(
        UnreadableFileError, match="geolocation_data has the columns ind, timestamp"
    ):
        read(HEADER, GEO)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=8))
def test_what_a_csv_writer_writes_is_read_back(titles: list[str]) -> None:
    """Any text survives: quotes, commas, line ends, NUL and emoji."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    names = [column.name for column in columns(PIN)]
    writer.writerow(names)
    for title in titles:
        writer.writerow([title if name == "title" else "1" for name in names])
    rows = read(file.getvalue(), PIN)
    assert [
        row.values["title"] if isinstance(row, RawRow) else row.reason for row in rows
    ] == titles
