"""Rows of a CSV file with a header, as RFC 4180 and Python's csv module write it."""

import csv
from collections.abc import Iterable, Iterator

from services.source.formats.raw_rows import RawRow, RawRows, RejectedRow, UnreadableFileError
from services.source.schema import columns
from services.source.values import quote_value
from services.tables import Table

_COUNTERS = ("", "Unnamed: 0")
"""Names of the row counter that pandas writes as the first column."""


class _Lines(Iterator[str]):
    """The file's lines, with a way back to the one after a mark.

    A quote that is never closed swallows the lines that follow it. Those must get their own
    chance, so the reader goes back to the line after the one that began the broken row.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._rest = iter(lines)
        self._taken: list[str] = []
        self._again: list[str] = []
        self.number = 0

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._rest)
        self._taken.append(line)
        self.number += 1
        return line

    def mark(self) -> None:
        """Begin a row here."""
        self._taken.clear()

    def back_to_second_line(self) -> None:
        """Return to the line after the one that followed the mark."""
        self._again.extend(reversed(self._taken[1:]))
        self.number -= len(self._taken[1:])
        self.mark()


def _check_header(table: Table, header: list[str]) -> None:
    known = [column.name for column in columns(table)]
    wanted = f"{table.source} has the columns {', '.join(known)}"
    if unknown := [quote_value(name) for name in header if name not in known]:
        raise UnreadableFileError(f"unknown column {', '.join(unknown)}; {wanted}")
    if missing := [name for name in known if name not in header]:
        raise UnreadableFileError(f"there is no column {', '.join(missing)}; {wanted}")
    if len(header) > len(known):
        raise UnreadableFileError(f"a column comes twice; {wanted}")


def _header(table: Table, reader: Iterator[list[str]]) -> list[str]:
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise UnreadableFileError(f"its first line is no CSV header: {error}") from error
    if not header:
        raise UnreadableFileError("it is empty; a line with the columns' names is wanted")
    names = [name.strip() for name in header]
    _check_header(table, names[1:] if names[0] in _COUNTERS else names)
    return names


def _rows(table: Table, lines: _Lines, reader: Iterator[list[str]], header: list[str]) -> RawRows:
    while True:
        lines.mark()
        line = lines.number + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            yield RejectedRow(table, line, f"broken quoting: {error}")
            lines.back_to_second_line()
            continue
        if fields is None:
            return
        if fields and len(fields) != len(header):
            yield RejectedRow(table, line, f"{len(fields)} fields, the header has {len(header)}")
        elif fields:
            values = dict(zip(header, fields, strict=True))
            yield RawRow(table, line, {k: v for k, v in values.items() if k not in _COUNTERS})


def csv_rows(table: Table, file: Iterable[str]) -> RawRows:
    """Read the rows of one table.

    Quotes are read strictly: what cannot have been written by a CSV writer is rejected, not
    guessed. Empty lines are skipped.

    Args:
        table: Where the rows belong.
        file: The lines, with their ends (`newline=""`).

    Raises:
        UnreadableFileError: the header is missing, or its columns are not the table's.
    """
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    header = _header(table, reader)
    yield from _rows(table, lines, reader, header)
