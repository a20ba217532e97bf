"""Rows of JSONL files."""

import io

import pytest

from services.source.formats.json.rows import jsonl_rows
from services.source.rows.raw_rows import RawRow, RejectedRow
from services.tables import USER


def read(content: str) -> list[RawRow | RejectedRow]:
    """All that the reader yields."""
    return list(jsonl_rows(USER, io.StringIO(content, newline="")))


def test_each_line_is_a_row_with_its_own_types() -> None:
    """Values keep JSON's types; empty lines are skipped, and counted."""
    assert read('{"ind": 1, "age": null}\n\n{"ind": "2"}\r\n{"ind": 3}') == [
        RawRow(USER, 1, {"ind": 1, "age": None}),
        RawRow(USER, 3, {"ind": "2"}),
        RawRow(USER, 4, {"ind": 3}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON: Expecting property name enclosed in double quotes"),
        ('{"ind": 1} {"ind": 2}', "not JSON: Extra data at character 12"),
        ('{"ind": NaN}', "not JSON: NaN"),
        ('{"ind": ' + "9" * 5000 + "}", "not JSON: Exceeds the limit"),
        ("[1]", "a JSON list, not an object"),
        ("7", "a JSON int, not an object"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_is_rejected_and_its_neighbours_stay(
    line: str, reason: str
) -> None:
    """The bad line is rejected with the reason; those around it are read."""
    before, rejected, after = read(f'{{"ind": 1}}\n{line}\n{{"ind": 3}}\n')
    assert isinstance(before, RawRow)
    assert isinstance(after, RawRow)
    assert isinstance(rejected, RejectedRow)
    assert rejected.line == 2
    assert reason in rejected.reason
