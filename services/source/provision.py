"""Gets a new database ready: tables that are missing, rows where there are none."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, Engine

from seed_data import DEFAULT_ROWS, DEFAULT_SEED
from services.source.database_errors import explain_errors
from services.source.load import load_parts
from services.source.load_report import LoadReport
from services.source.parts import OnProgress, Part, seed_part
from services.source.schema import create_tables, quoted
from services.tables import TABLES, Table


def seed_parts(
    tables: Iterable[Table] = TABLES, rows: int = DEFAULT_ROWS, seed: int = DEFAULT_SEED
) -> list[Part]:
    return [seed_part(table, rows, seed) for table in tables]


def _is_empty(connection: Connection, table: Table) -> bool:
    query = f"SELECT 1 FROM {quoted(table.source)} LIMIT 1"  # noqa: S608  our own names
    return connection.exec_driver_sql(query).first() is None


def provision(
    engine: Engine, state_dir: Path, progress: OnProgress
) -> tuple[list[Table], LoadReport]:
    """Create the missing tables and fill the empty ones; what is there is left alone.

    Returns:
        The tables created, and what was loaded.

    Raises:
        SourceError: MySQL does not answer or refuses.
    """
    with explain_errors(engine.url), engine.connect() as connection:
        created = create_tables(connection)
        empty = [table for table in TABLES if _is_empty(connection, table)]
    if not empty:
        return created, LoadReport()
    return created, load_parts(engine, seed_parts(empty), state_dir, progress)
