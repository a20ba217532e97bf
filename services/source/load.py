"""Puts rows in the source tables: all of them become visible at once, or none."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from services.source.database_errors import SourceError, explain_errors
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.load_report import LoadReport, RejectedLog, TableReport
from services.source.parts import OnProgress, Part
from services.source.rows.raw_rows import RawRow, RejectedRow, UnreadableFileError
from services.source.rows.row_validator import RowValidator
from services.source.schema import create_tables
from services.source.staging import Staging, drop_leftovers, swap_in
from services.tables import TABLES, Table


class _Load:
    """One load in the making: a staging table and a check for each table that comes up."""

    def __init__(
        self,
        connection: Connection,
        log: RejectedLog,
        report: LoadReport,
        options: LoadOptions = NO_OPTIONS,
    ) -> None:
        self._connection = connection
        self._log = log
        self._report = report
        self._options = options
        self._names: dict[Table, str] = {}
        self._checks: dict[Table, RowValidator] = {}
        self._stagings: dict[Table, Staging] = {}

    def begin(self, table: Table, part: Part) -> None:
        """Get ready for the table's rows from this part.

        Raises:
            SourceError: another part held rows of the table already.
        """
        whole = part.whole or part.name
        first = self._names.setdefault(table, whole)
        if first != whole:
            raise SourceError(
                f"Both {first} and {whole} hold {table.source}; load one of them. "
                "The tables are as they were."
            )
        if table not in self._stagings:
            self._report.tables.setdefault(table, TableReport())
            self._checks[table] = RowValidator(table, self._options)
            self._stagings[table] = Staging(self._connection, table)

    def add(self, part: Part, raw: RawRow | RejectedRow) -> None:
        """Check a row of a part and stage it, or note why not."""
        self.begin(raw.table, part)
        checked = self._checks[raw.table](raw) if isinstance(raw, RawRow) else raw
        if isinstance(checked, RejectedRow):
            self._log.add(part.name, checked)
        else:
            self._stagings[raw.table].add(checked)

    def finish(self) -> None:
        """Swap in every table that has rows; one without keeps its old ones."""
        for staging in self._stagings.values():
            staging.flush()
        filled = [staging for staging in self._stagings.values() if staging.rows]
        if filled:
            swap_in(self._connection, filled)
        for staging in filled:
            self._report.tables[staging.table].loaded = staging.rows


@contextmanager
def _exclusive(connection: Connection) -> Iterator[None]:
    """Refuse two loads at once; the server gives the lock back when the connection ends.

    Raises:
        SourceError: another load is running.
    """
    name = "concat('load ', left(sha2(database(), 256), 40))"
    if connection.exec_driver_sql(f"SELECT GET_LOCK({name}, 0)").scalar() != 1:
        raise SourceError("Another load is running in this database; wait until it is done.")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"DO RELEASE_LOCK({name})")


def _read(part: Part, load: _Load, progress: OnProgress) -> None:
    for table in part.tables:
        load.begin(table, part)
    try:
        for row in part.rows(progress):
            load.add(part, row)
    except UnreadableFileError as error:
        raise SourceError(f"{part.name}: {error}. The tables are as they were.") from error


def _shifted(progress: OnProgress, start: int) -> OnProgress:
    """Count from where the parts before ended."""
    return lambda amount: progress(start + amount)


def _read_all(
    connection: Connection, parts: Iterable[Part], load: _Load, progress: OnProgress
) -> None:
    drop_leftovers(connection, TABLES)
    try:
        done = 0
        for part in parts:
            _read(part, load, _shifted(progress, done))
            done += part.size
        load.finish()
    finally:
        drop_leftovers(connection, TABLES)


def load_parts(
    engine: Engine,
    parts: Iterable[Part],
    state_dir: Path,
    progress: OnProgress,
    options: LoadOptions = NO_OPTIONS,
) -> LoadReport:
    """Replace the tables that the parts hold; tables that they do not hold stay as they are.

    Args:
        engine: Connects as the tables' owner.
        parts: What to load.
        state_dir: Where the list of rejected rows goes.
        progress: Called with how much of all parts' sizes is read.
        options: What the user says about the data.

    Raises:
        SourceError: a file cannot be read or MySQL refused the work; the tables are as they were.
    """
    report = LoadReport()
    log = RejectedLog(state_dir, report)
    try:
        with explain_errors(engine.url), engine.connect() as connection, _exclusive(connection):
            create_tables(connection)
            _read_all(connection, parts, _Load(connection, log, report, options), progress)
    finally:
        log.close()
    return report
