"""Checks raw rows of one table: every row comes out typed, or rejected with its reason."""

from services.source.formats.raw_rows import RawRow, RejectedRow
from services.source.schema import columns
from services.source.values import Cell, UnfitValueError, convert, quote_value
from services.tables import Table

Cells = dict[str, Cell]
"""A row that MySQL takes, by column name."""


class RowValidator:
    """Checks the rows of one table and remembers their keys, to find those that come twice."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = columns(table)
        self._names = {column.name for column in self._columns}
        self._lines: dict[int, int] = {}

    def __call__(self, raw: RawRow) -> Cells | RejectedRow:
        """Return the typed row, or why there is none."""
        unknown = sorted(quote_value(name) for name in raw.values.keys() - self._names)
        if unknown:
            return self._reject(raw, f"unknown column {', '.join(unknown)}")
        cells: Cells = {}
        for column in self._columns:
            try:
                cells[column.name] = convert(raw.values.get(column.name), column)
            except UnfitValueError as error:
                return self._reject(raw, f"{column.name}: {error}")
        return self._check_key(raw, cells)

    def _check_key(self, raw: RawRow, cells: Cells) -> Cells | RejectedRow:
        key = cells[self._table.key]
        if not isinstance(key, int):
            return self._reject(raw, f"no {self._table.key}")
        if key in self._lines:
            return self._reject(
                raw, f"{self._table.key} {key} was already on line {self._lines[key]}"
            )
        self._lines[key] = raw.line
        return cells

    def _reject(self, raw: RawRow, reason: str) -> RejectedRow:
        return RejectedRow(self._table, raw.line, reason)
