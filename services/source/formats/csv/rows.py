"""Rows of a CSV file, with a header or in the table's own order."""

from typing import TextIO

from services.source.formats.csv.header import Layout, layout_of
from services.source.formats.csv.lines import ReplayableLines, sampled
from services.source.formats.csv.records import Record
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.raw_rows import RawRow, RawRows, RejectedRow
from services.tables import Table


def csv_rows(table: Table | None, file: TextIO, options: LoadOptions = NO_OPTIONS) -> RawRows:
    """Read the rows of one table.

    Quotes are read strictly: what cannot have been written by a CSV writer is rejected, not
    guessed. Empty lines are skipped.

    Args:
        table: Where the rows belong; None to know it by the columns.
        file: The text, with its line ends (`newline=""`).
        options: What the user says about it.

    Raises:
        UnreadableFileError: the header is missing, or its columns are not the table's.
    """
    sample, lines = sampled(file)
    layout = layout_of(table, sample, options)
    for _ in range(layout.skipped):
        next(lines)
    rest = ReplayableLines(lines, layout.skipped)
    if layout.has_header:
        next(layout.dialect.records(rest))
    for record in layout.dialect.records(rest, len(layout.names)):
        if record.broken:
            yield RejectedRow(layout.table, record.line, record.broken)
        elif record.fields:
            yield _row(layout, record)


def _row(layout: Layout, record: Record) -> RawRow | RejectedRow:
    fields, wanted = record.fields, len(layout.names)
    if len(fields) > wanted and not any(fields[wanted:]):
        fields = fields[:wanted]
    if len(fields) != wanted:
        what = "the header has" if layout.has_header else "a row has"
        reason = f"{len(record.fields)} fields, {what} {wanted}"
        return RejectedRow(layout.table, record.line, reason)
    pairs = zip(layout.names, fields, strict=True)
    return RawRow(layout.table, record.line, {name: value for name, value in pairs if name})
