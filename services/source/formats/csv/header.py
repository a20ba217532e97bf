"""Which columns the fields of a CSV file are, and how the file separates them."""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from services.source.formats.csv.lines import ReplayableLines
from services.source.formats.csv.quoting import quoting_of
from services.source.formats.csv.records import Dialect, Fields, Record
from services.source.load_options import LoadOptions
from services.source.rows.column_names import source_names, table_of
from services.source.rows.raw_rows import UnreadableFileError
from services.source.rows.times import AmbiguousDayError
from services.source.rows.values import UnfitValueError, convert, quote_value
from services.source.schema import columns
from services.tables import TABLES, Table

_DELIMITERS = (",", ";", "\t", "|", "\x01")
_EXCEL = re.compile(r'\ufeff?"?sep=(?P<delimiter>.)"?[,;\t]*\r?\n?', re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    Attributes:
        table: Whose rows it has.
        dialect: How its fields are separated and quoted.
        names: The table's column of each field; None for one that is left out.
        skipped: Lines before the first row that are Excel's or the header.
        has_header: Whether a header comes before the rows.
    """

    table: Table
    dialect: Dialect
    names: list[str | None]
    skipped: int
    has_header: bool


def layout_of(table: Table | None, sample: str, options: LoadOptions) -> Layout:
    """Find out how a file is to be read.

    Args:
        table: Whose rows it has, where the file's name or the user says it.
        sample: Its beginning.
        options: What the user says.

    Raises:
        UnreadableFileError: its first line is no header, and no row either.
    """
    skipped, delimiters = 0, (options.delimiter,) if options.delimiter else _DELIMITERS
    if excel := _EXCEL.match(sample):
        skipped, delimiters = 1, (excel["delimiter"],)
    lines = io.StringIO(sample, newline="").readlines()[skipped:]
    firsts = [(dialect, _first(dialect, lines)) for dialect in _dialects(delimiters, sample)]
    found = [*_with_header(table, firsts, skipped), *_without_header(table, firsts, skipped)]
    if found:
        return found[0]
    raise _refusal(table, max((record for _, record in firsts), key=lambda r: len(r.fields)))


def _dialects(delimiters: tuple[str, ...], sample: str) -> list[Dialect]:
    return [Dialect(delimiter, quoting_of(sample, delimiter)) for delimiter in delimiters]


def _first(dialect: Dialect, lines: list[str]) -> Record:
    return next(dialect.records(ReplayableLines(iter(lines))), Record(1, []))


def _texts(fields: Fields) -> list[str]:
    return [field or "" for field in fields]


def _with_header(
    table: Table | None, firsts: list[tuple[Dialect, Record]], skipped: int
) -> Iterator[Layout]:
    for dialect, record in firsts:
        names = _texts(record.fields)
        whose = table_of(names)
        if whose and table in (None, whose):
            yield Layout(whose, dialect, source_names(whose, names), skipped, has_header=True)


def _without_header(
    table: Table | None, firsts: list[tuple[Dialect, Record]], skipped: int
) -> Iterator[Layout]:
    """A first line that is a whole row of one table is no header."""
    for dialect, record in firsts:
        for whose in (table,) if table else TABLES:
            if names := _row_of(whose, record.fields):
                yield Layout(whose, dialect, names, skipped, has_header=False)


def _row_of(table: Table, fields: Fields) -> list[str | None]:
    """The columns of a row in the table's own order, a counter before it allowed; empty if it is none."""
    names: list[str | None] = [column.name for column in columns(table)]
    if len(fields) == len(names) + 1:
        names = [None, *names]
    if len(fields) != len(names):
        return []
    kinds = {column.name: column for column in columns(table)}
    values = dict(zip(names, fields, strict=True))
    if not values[table.key]:
        return []
    try:
        for name, value in values.items():
            if name is not None:
                with suppress(AmbiguousDayError):
                    convert(value, kinds[name])
    except UnfitValueError:
        return []
    return names


def _refusal(table: Table | None, first: Record) -> UnreadableFileError:
    if first.broken:
        return UnreadableFileError(f"its first line is no CSV header: {first.broken}")
    header = [name.strip() for name in _texts(first.fields)]
    if not header:
        return UnreadableFileError("it is empty; a line with the columns' names is wanted")
    if table is None:
        return UnreadableFileError(
            f"no table has the columns {', '.join(map(quote_value, header))}; "
            "say whose they are with TABLE=pin, geo or user"
        )
    known = [column.name for column in columns(table)]
    names = [name for name in source_names(table, header) if name is not None]
    wanted = f"{table.source} has the columns {', '.join(known)}"
    if unknown := [quote_value(name) for name in names if name not in known]:
        return UnreadableFileError(f"unknown column {', '.join(unknown)}; {wanted}")
    if missing := [name for name in known if name not in names]:
        return UnreadableFileError(f"there is no column {', '.join(missing)}; {wanted}")
    return UnreadableFileError(f"a column comes twice; {wanted}")
