"""New rows beside the old ones, until all of them are there and are swapped in at once."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.source.rows.row_validator import Cells
from services.source.schema import columns, quoted
from services.tables import Table

_BATCH = 1_000
"""Rows an INSERT; pymysql cuts statements at 1 MB itself."""


def _new(table: Table) -> str:
    return f"{table.source}__new"


def _old(table: Table) -> str:
    return f"{table.source}__old"


class Staging:
    def __init__(self, connection: Connection, table: Table) -> None:
        names = [column.name for column in columns(table)]
        places = ", ".join(["%s"] * len(names))
        listed = ", ".join(quoted(name) for name in names)
        self._insert = f"INSERT INTO {quoted(_new(table))} ({listed}) VALUES ({places})"  # noqa: S608  our own names
        self._connection = connection
        self._waiting: list[tuple[object, ...]] = []
        self.table = table
        self.rows = 0
        connection.exec_driver_sql(
            f"CREATE TABLE {quoted(_new(table))} LIKE {quoted(table.source)}"
        )

    def add(self, row: Cells) -> None:
        """Add a row; rows go to the server in batches."""
        self._waiting.append(tuple(row.values()))
        self.rows += 1
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            self._connection.exec_driver_sql(self._insert, self._waiting)
            self._waiting = []


def drop_leftovers(connection: Connection, tables: Sequence[Table]) -> None:
    """Drop the staging tables, also those that a killed load left behind."""
    for table in tables:
        for name in (_new(table), _old(table)):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted(name)}")


def swap_in(connection: Connection, stagings: Sequence[Staging]) -> None:
    """Put the new rows of all tables in the old ones' place, in one atomic statement."""
    renames = [
        f"{quoted(table.source)} TO {quoted(_old(table))}, {quoted(_new(table))} TO {quoted(table.source)}"
        for table in (staging.table for staging in stagings)
    ]
    connection.exec_driver_sql(f"RENAME TABLE {', '.join(renames)}")
