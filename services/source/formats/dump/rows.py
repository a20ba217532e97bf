"""Rows of an SQL dump: the INSERT statements of the three tables, read and never executed."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TextIO

from services.source.formats.dump.databases import Databases
from services.source.formats.dump.foreign import refuse_foreign
from services.source.formats.dump.literals import name_value
from services.source.formats.dump.sql_mode import SessionSettings
from services.source.formats.dump.statement import Statement
from services.source.formats.dump.tokens import DumpToken, Lexer
from services.source.formats.dump.values import row_values
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.column_names import source_names
from services.source.rows.raw_rows import RawRow, RawRows, RejectedRow
from services.source.schema import columns
from services.tables import TABLES, Table

_BY_SOURCE = {table.source: table for table in TABLES}
_ROUTINES = ("PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE")
_BEFORE_TABLE = ("OR", "REPLACE", "TEMPORARY", "TABLE", "IF", "NOT", "EXISTS")
_NOT_A_COLUMN = (
    "KEY",
    "PRIMARY",
    "UNIQUE",
    "INDEX",
    "CONSTRAINT",
    "FULLTEXT",
    "SPATIAL",
    "CHECK",
    "FOREIGN",
    "PERIOD",
)

_WHOLE_NUMBERS = ("INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT")


class _Dump:
    """A dump that is being read: its settings, and in which order each table's columns are."""

    def __init__(self, file: TextIO, options: LoadOptions) -> None:
        self._lexer = Lexer(file)
        self._settings = SessionSettings(self._lexer)
        self._databases = Databases(options.database)
        self._layouts: dict[tuple[str | None, Table], list[str]] = {}

    def rows(self) -> RawRows:
        rest = self._lexer.tokens()
        other: dict[str, Callable[[Statement], None]] = {
            "CREATE": self._create,
            "USE": self._use,
            "SET": self._settings.read,
            "PRAGMA": self._pragma,
        }
        for first in rest:
            statement = Statement(chain([first], rest))
            if statement.take("INSERT", "REPLACE"):
                yield from self._insert(statement)
            elif statement.token is not None:
                refuse_foreign(statement.token)
                self._other(statement, other)
            statement.skip()
        self._databases.require_chosen()

    def _other(self, statement: Statement, known: dict[str, Callable[[Statement], None]]) -> None:
        word = statement.token.text.upper() if statement.token else ""
        if statement.take(*known):
            known[word](statement)

    def _use(self, statement: Statement) -> None:
        if statement.token is not None:
            self._databases.use(name_value(statement.token))

    def _pragma(self, _: Statement) -> None:
        """SQLite's dump: its texts know no backslash."""
        self._lexer.backslash_escapes = False

    def _table(self, statement: Statement) -> tuple[str | None, Table | None]:
        """Step over a table's name: its database, and the table if it is one of ours."""
        database, name = statement.qualified_name()
        return self._databases.named(database), _BY_SOURCE.get(name.lower())

    def _insert(self, statement: Statement) -> RawRows:
        """Read the rest of `INSERT …`."""
        statement.take_all("IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "INTO")
        line = statement.line
        database, table = self._table(statement)
        if table is None or not self._databases.takes(database, table, line):
            return
        names = self._layout(database, table)
        if statement.take("("):
            names = statement.names()
        if not statement.take("VALUES", "VALUE"):
            reason = "this INSERT lists no VALUES; only plain rows are loaded"
            yield RejectedRow(table, line, reason)
            return
        yield from self._value_lists(statement, table, source_names(table, names))

    def _value_lists(
        self, statement: Statement, table: Table, names: list[str | None]
    ) -> Iterator[RawRow | RejectedRow]:
        escapes, codec = self._lexer.backslash_escapes, self._settings.codec
        statement.take("ROW")
        while statement.token is not None and statement.token.says("("):
            line = statement.line
            values = row_values(statement, codec, backslash_escapes=escapes)
            if isinstance(values, str):
                yield RejectedRow(table, line, values)
            elif len(values) != len(names):
                reason = f"{len(values)} values for {len(names)} columns"
                yield RejectedRow(table, line, reason)
            else:
                pairs = zip(names, values, strict=True)
                yield RawRow(table, line, {name: value for name, value in pairs if name})
            statement.take(",")
            statement.take("ROW")

    def _layout(self, database: str | None, table: Table) -> list[str]:
        ours = [column.name for column in columns(table)]
        return self._layouts.get((database, table), ours)

    def _create(self, statement: Statement) -> None:
        """Learn from `CREATE TABLE` in which order the rows without a column list are."""
        if self._lexer.delimiter == ";" and _creates_routine(statement):
            statement.skip_body()
            return
        statement.take_all(*_BEFORE_TABLE)
        database, table = self._table(statement)
        if table is None or not statement.take("("):
            return
        names: list[str] = []
        while statement.token is not None and not statement.take(")"):
            token = statement.token
            statement.advance()
            is_type = statement.token is not None and statement.token.says(*_WHOLE_NUMBERS)
            if is_type or not token.says(*_NOT_A_COLUMN):  # `index INT`: --skip-quote-names
                names.append(name_value(token))
            _skip_definition(statement)
        if names:
            self._layouts[database, table] = names


def _creates_routine(statement: Statement) -> bool:
    """Step over `DEFINER = …` and the like, up to what is created."""
    while statement.token is not None:
        token: DumpToken = statement.token
        if token.says(*_ROUTINES):
            return True
        if token.says("TABLE", "VIEW", "DATABASE", "SCHEMA", "INDEX", "USER", "ROLE", "SERVER"):
            return False
        statement.advance()
    return False


def _skip_definition(statement: Statement) -> None:
    """Step behind one definition of CREATE TABLE's list."""
    while statement.token is not None and not statement.token.says(")"):
        if statement.take(","):
            return
        if statement.take("("):
            statement.skip_brackets(1)
        else:
            statement.advance()


def dump_rows(file: TextIO, options: LoadOptions = NO_OPTIONS) -> RawRows:
    """Read the rows of all three tables; what else the dump holds is stepped over.

    An INSERT without a column list takes the order of the dump's own CREATE TABLE, or, when it has
    none, that of our schema.

    Raises:
        UnreadableFileError: a quoted text begins and never ends, two databases hold a table, or it
            is a dump of another system.
    """
    return _Dump(file, options).rows()
