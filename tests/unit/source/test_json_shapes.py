"""JSON as pandas, Spark and database tools write it."""

import io
import json

import pandas as pd  # type: ignore[import-untyped]
import pytest

from services.source.formats.json.rows import json_rows
from services.source.rows.raw_rows import RawRow, RejectedRow, UnreadableFileError
from services.tables import USER, Table

ROWS = [
    {"ind": 1, "first_name": "A", "last_name": None, "age": 20, "date_joined": 1632685763000},
    {"ind": 2, "first_name": 'é "\n', "last_name": "L", "age": None, "date_joined": None},
]


def read(content: str, table: Table | None = None) -> list[RawRow | RejectedRow]:
    """All that the reader yields."""
    return list(json_rows(table, io.StringIO(content, newline="")))


def values(content: str) -> list[dict[str, object]]:
    """The values of each row."""
    return [dict(row.values) for row in read(content) if isinstance(row, RawRow)]


SHAPES = {
    "lines": "\n".join(map(json.dumps, ROWS)),
    "an array": json.dumps(ROWS),
    "an array of lines": "\n [\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "an indented array": json.dumps(ROWS, indent=2),
    "under the table's name": json.dumps({"user_data": ROWS}, indent=1),
    "phpMyAdmin's": json.dumps(
        [
            {"type": "header", "version": "5.2.1"},
            {"type": "database", "name": "pins"},
            {"type": "table", "name": "user_data", "database": "pins", "data": ROWS},
        ]
    ),
    **{
        f"pandas' {orient}": pd.DataFrame(ROWS).astype({"age": object}).to_json(orient=orient)
        for orient in ("records", "columns", "index", "split", "table")
    },
    "pandas' lines": pd.DataFrame(ROWS).to_json(orient="records", lines=True),
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=list(SHAPES))
def test_rows_are_found_in_every_shape(content: str) -> None:
    """Also without a table's name: their keys say whose they are."""
    assert values(content) == ROWS


def test_a_rows_line_is_where_it_begins() -> None:
    """In an array that is written over several lines."""
    assert [row.line for row in read(SHAPES["an indented array"])] == [2, 9]
    assert [row.line for row in read(SHAPES["an array of lines"])] == [3, 4]


def test_an_array_is_read_piece_by_piece() -> None:
    """Rows that lie across two reads are whole."""
    rows = [{**ROWS[0], "ind": n, "first_name": "x" * 90} for n in range(3_000)]
    assert values(json.dumps(rows)) == rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(ROWS)[:-5], "line 1: not JSON, or cut short"),
        ('[\n{"ind": NaN}]', "line 2: not JSON"),
        ("[" * 100_000, "not JSON, or cut short"),
        ('{"a": {"b": 1},\n "c": 2}', "JSON without rows that can be told.*'a', 'c'.*orient='records'"),
        ('[{"colour": 1}]', "no table has these columns.*TABLE="),
        ('{"user_data": [', "not JSON"),
    ],
)  # fmt: skip
def test_json_without_rows_is_refused(content: str, message: str) -> None:
    """The message says where, and how to write it."""
    with pytest.raises(UnreadableFileError, match=message):
        read(content)


def test_an_element_that_is_no_object_is_rejected() -> None:
    """Its neighbours stay."""
    first, second, third = read('[{"ind": 1}, 7, {"index": 3}]', USER)
    assert isinstance(second, RejectedRow)
    assert "a JSON int, not an object" in second.reason
    assert isinstance(first, RawRow)
    assert isinstance(third, RawRow)
    assert third.values == {"ind": 3}
