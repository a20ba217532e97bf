"""Rows of a JSON file: an object a line, an array of objects, or one object with all of them."""

import json
from collections.abc import Iterable, Iterator
from typing import TextIO

from services.source.formats.csv.lines import bounded_lines
from services.source.formats.json.orients import shown_keys, tables_of
from services.source.formats.json.stream import array_values, whole_document
from services.source.formats.json.strict import loads
from services.source.rows.column_names import source_names, table_of
from services.source.rows.raw_rows import RawRow, RawRows, RejectedRow, UnreadableFileError
from services.source.rows.values import quote_value
from services.tables import Table

_START = 1 << 16


def json_rows(table: Table | None, file: TextIO) -> RawRows:
    """Read the rows; a key that is absent is NULL.

    Args:
        table: Where the rows belong; None to know it by their keys.
        file: The text.

    Raises:
        UnreadableFileError: the file as a whole is no JSON of rows.
    """
    start = file.read(_START)
    bare = start.lstrip()
    before = start.count("\n", 0, len(start) - len(bare))
    if bare.startswith("["):
        values = ((line + before, value) for line, value in array_values(bare, file))
        yield from _array_rows(table, values)
    elif bare.startswith("{") and not _is_one_row(bare.partition("\n")[0]):
        yield from _document_rows(table, whole_document(bare, file))
    else:
        yield from jsonl_rows(table, _with_start(start, file))


def jsonl_rows(table: Table | None, file: Iterable[str]) -> RawRows:
    """Read an object a line; empty lines are skipped."""
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield _line_row(table, number, line)


def _with_start(start: str, file: TextIO) -> Iterator[str]:
    *lines, last = start.splitlines(keepends=True) or [""]
    yield from lines
    rest = bounded_lines(file)
    yield last if last.endswith("\n") else last + next(rest, "")
    yield from rest


def _is_one_row(line: str) -> bool:
    """Whether a first line is an object of plain values, or at least no beginning of a larger one."""
    try:
        value = loads(line)
    except (ValueError, RecursionError):
        return len(line.strip()) > 1 and line.rstrip().endswith("}")
    return isinstance(value, dict) and not any(tables_of(value))


def _line_row(table: Table | None, number: int, line: str) -> RawRow | RejectedRow:
    try:
        return _row(table, number, loads(line))
    except RecursionError:
        reason = "JSON nested too deeply"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at character {error.pos + 1}"
    except ValueError as error:
        reason = f"not JSON: {error}"
    return RejectedRow(_required(table, number, line), number, reason)


def _array_rows(table: Table | None, values: Iterable[tuple[int, object]]) -> RawRows:
    for line, value in values:
        if isinstance(value, dict) and isinstance(value.get("type"), str) and "ind" not in value:
            yield from _document_rows(table, value, line)  # phpMyAdmin's header, database, table
        else:
            yield _row(table, line, value)


def _document_rows(table: Table | None, document: object, line: int = 1) -> RawRows:
    found = list(tables_of(document))
    if not found and not (isinstance(document, dict) and "type" in document):
        raise UnreadableFileError(
            f"line {line}: JSON without rows that can be told ({shown_keys(document)}); "
            "write rows instead (pandas: orient='records', lines=True)"
        )
    for named, rows in found:
        for row in rows:
            yield _row(named or table, line, row)


def _row(table: Table | None, line: int, value: object) -> RawRow | RejectedRow:
    if not isinstance(value, dict):
        reason = f"a JSON {type(value).__name__}, not an object: {quote_value(value)}"
        return RejectedRow(_required(table, line, value), line, reason)
    whose = table or table_of(list(value)) or _required(table, line, value)
    pairs = zip(source_names(whose, list(value)), value.values(), strict=True)
    return RawRow(whose, line, {name: cell for name, cell in pairs if name})


def _required(table: Table | None, line: int, value: object) -> Table:
    if table is None:
        raise UnreadableFileError(
            f"line {line}: no table has these columns: {quote_value(value)}; "
            "say whose they are with TABLE=pin, geo or user"
        )
    return table
