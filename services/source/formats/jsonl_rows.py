"""Rows of a JSONL file: one JSON object a line."""

import json
from collections.abc import Iterable
from typing import NoReturn

from services.source.formats.raw_rows import RawRow, RawRows, RejectedRow
from services.source.values import UnfitValueError, quote_value
from services.tables import Table


def _no_number(name: str) -> NoReturn:
    raise UnfitValueError(f"{name} is not JSON")


def _row(table: Table, number: int, line: str) -> RawRow | RejectedRow:
    try:
        values = json.loads(line, parse_constant=_no_number)
    except RecursionError:
        return RejectedRow(table, number, "JSON nested too deeply")
    except json.JSONDecodeError as error:
        return RejectedRow(table, number, f"not JSON: {error.msg} at character {error.pos + 1}")
    except ValueError as error:
        return RejectedRow(table, number, f"not JSON: {error}")
    if not isinstance(values, dict):
        return RejectedRow(
            table, number, f"a JSON {type(values).__name__}, not an object: {quote_value(line)}"
        )
    return RawRow(table, number, values)


def jsonl_rows(table: Table, file: Iterable[str]) -> RawRows:
    """Read the rows of one table; a key that is absent is NULL, empty lines are skipped."""
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield _row(table, number, line)
