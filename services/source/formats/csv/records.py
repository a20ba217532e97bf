"""Lines → the fields of each record, or why there are none."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.source.formats.csv.lines import ReplayableLines
from services.source.formats.csv.quoting import Quoting, unescaped, with_doubled_quotes

Fields = list[str | None]

_ESCAPED_END = re.compile(r"(?<!\\)(?:\\\\)*\\\r?\n\Z")
_TABBED_FIELD = re.compile(r"(?:^|\t)((?:[^\t\\]|\\.)*+)", re.DOTALL)
_LONGEST = 1 << 20
"""Characters of a record whose line ends are escaped."""


@dataclass(frozen=True)
class Record:
    """A record, and the line it begins at.

    Attributes:
        fields: Its fields; empty for an empty line and for a broken record.
        broken: Why it cannot be read.
    """

    line: int
    fields: Fields
    broken: str = ""


@dataclass(frozen=True)
class Dialect:
    """How a file separates and quotes its fields."""

    delimiter: str = ","
    quoting: Quoting = Quoting.DOUBLED

    def records(self, lines: ReplayableLines, width: int | None = None) -> Iterator[Record]:
        """Read records; one that has not `width` fields is also tried with the other quoting."""
        if self.quoting is Quoting.MYSQL and self.delimiter == "\t":
            return _tabbed(lines)
        return _quoted(lines, self, width)


def _quoted(lines: ReplayableLines, dialect: Dialect, width: int | None) -> Iterator[Record]:
    own = dialect.quoting
    other = Quoting.BACKSLASH if own is Quoting.DOUBLED else Quoting.DOUBLED
    while True:
        lines.mark()
        line = lines.number + 1
        record = _record(lines, line, dialect.delimiter, own)
        if record is None:
            return
        if not _fits(record, width):
            lines.back(0)
            second = _record(lines, line, dialect.delimiter, other)
            if second is None or not _fits(second, width):
                lines.back(0)
                second = _record(lines, line, dialect.delimiter, own)
            record = second or record
        if record.broken:
            lines.back(1)
        yield record


def _fits(record: Record, width: int | None) -> bool:
    return not record.broken and (width in (None, len(record.fields)) or not record.fields)


def _record(lines: ReplayableLines, line: int, delimiter: str, quoting: Quoting) -> Record | None:
    """The next record, read strictly; None at the file's end."""
    quoted = (with_doubled_quotes(text, quoting) for text in lines)
    try:
        fields = next(csv.reader(quoted, delimiter=delimiter, strict=True), None)
    except csv.Error as error:
        return Record(line, [], f"broken quoting: {error}")
    if fields is None:
        return None
    return Record(line, [unescaped(field, quoting) for field in fields])


def _tabbed(lines: ReplayableLines) -> Iterator[Record]:
    """MySQL's own text: no quotes, and a backslash before each tab and line end of a value."""
    for start in lines:
        line, number = start, lines.number
        while _ESCAPED_END.search(line) and len(line) < _LONGEST:
            line += next(lines, "")
        lines.mark()
        content = line.removesuffix("\n").removesuffix("\r")
        fields = _TABBED_FIELD.findall(content) if content else []
        yield Record(number, [unescaped(field, Quoting.MYSQL) for field in fields])
