"""Checks raw rows of one table: every row comes out typed, or rejected with its reason."""

from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.raw_rows import RawRow, RejectedRow, UnreadableFileError
from services.source.rows.times import AmbiguousDayError
from services.source.rows.values import Cell, UnfitValueError, convert, quote_value
from services.source.schema import columns
from services.tables import Table

Cells = dict[str, Cell]
"""A row that MySQL takes, by column name."""


class RowValidator:
    """Checks the rows of one table and remembers their keys, to find those that come twice."""

    def __init__(self, table: Table, options: LoadOptions = NO_OPTIONS) -> None:
        self._table = table
        self._options = options
        self._columns = columns(table)
        self._names = {column.name for column in self._columns}
        self._lines: dict[int, int] = {}

    def __call__(self, raw: RawRow) -> Cells | RejectedRow:
        """Return the typed row, or why there is none.

        Raises:
            UnreadableFileError: it can be read in two ways, and no option says in which.
        """
        unknown = sorted(quote_value(name) for name in raw.values.keys() - self._names)
        if unknown:
            return self._reject(raw, f"unknown column {', '.join(unknown)}")
        cells: Cells = {}
        for column in self._columns:
            value = raw.values.get(column.name)
            try:
                cells[column.name] = convert(value, column, day_first=self._options.day_first)
            except AmbiguousDayError:
                raise UnreadableFileError(
                    f"line {raw.line}: {column.name} {quote_value(value)} begins with the day or with the month; "
                    "say which: DAYFIRST=1 for the day, DAYFIRST=0 for the month"
                ) from None
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
