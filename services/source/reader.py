"""Reads the source's rows as the emulators post them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, text

from services.settings import Settings
from services.source.database_errors import explain_errors
from services.source.engine import reader_engine
from services.source.schema import quoted
from services.tables import Table

JsonValue = str | int | float | None
Row = dict[str, JsonValue]
"""A source row by column name, ready for JSON; dates as `2021-09-26T19:49:23`."""

_INDS_A_QUERY = 1_000


def _json_value(value: object) -> JsonValue:
    """Make plain what MySQL's driver gives; our own schema has only the first two cases."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class SourceReader:
    """Reads rows with the read-only account, over one pool of connections.

    Safe to share between threads, not between processes: a forked child makes its own.

    Args:
        settings: Which server and database, and the reader's account.
        pool_size: Most connections at a time; a thread that finds none free waits for one.
    """

    def __init__(self, settings: Settings, pool_size: int = 4) -> None:
        self._engine = reader_engine(settings, pool_size)

    def __enter__(self) -> "SourceReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fetch(self, table: Table, inds: Sequence[int]) -> dict[int, Row]:
        """Read the rows with these keys; a key that the table does not hold is absent.

        Raises:
            SourceError: MySQL does not answer or refuses.
        """
        query = text(
            f"SELECT * FROM {quoted(table.source)} WHERE {quoted(table.key)} IN :inds"  # noqa: S608  our own names
        ).bindparams(bindparam("inds", expanding=True))
        rows: dict[int, Row] = {}
        with explain_errors(self._engine.url), self._engine.connect() as connection:
            for start in range(0, len(inds), _INDS_A_QUERY):
                some = list(inds[start : start + _INDS_A_QUERY])
                for row in connection.execute(query, {"inds": some}).mappings():
                    rows[row[table.key]] = {name: _json_value(row[name]) for name in row}
        return rows

    def inds(self, table: Table) -> list[int]:
        """All keys of the table, in ascending order.

        Raises:
            SourceError: MySQL does not answer or refuses.
        """
        key = quoted(table.key)
        query = f"SELECT {key} FROM {quoted(table.source)} ORDER BY {key}"  # noqa: S608  our own names
        with explain_errors(self._engine.url), self._engine.connect() as connection:
            return list(connection.exec_driver_sql(query).scalars())

    def count(self, table: Table) -> int:
        """How many rows the table has.

        Raises:
            SourceError: MySQL does not answer or refuses.
        """
        query = f"SELECT COUNT(*) FROM {quoted(table.source)}"  # noqa: S608  our own names
        with explain_errors(self._engine.url), self._engine.connect() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def close(self) -> None:
        self._engine.dispose()
