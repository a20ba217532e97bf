"""Rows of an SQL dump: the INSERT statements of the three tables, read and never executed."""

from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from services.source.formats.dump_tokens import DumpToken, tokens
from services.source.formats.dump_values import NotALiteralError, literal_value, name_value
from services.source.formats.raw_rows import RawRow, RawRows, RejectedRow
from services.source.schema import columns
from services.source.values import quote_value
from services.tables import TABLES, Table

_BY_SOURCE = {table.source: table for table in TABLES}
_INTRODUCERS = ("_BINARY", "_UTF8", "_UTF8MB3", "_UTF8MB4")
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
)


class _BrokenRowError(ValueError):
    """One row of an INSERT statement cannot be read."""


class _Statement:
    """The tokens of one statement; stops at its `;`, which is left to the dump."""

    def __init__(self, rest: Iterator[DumpToken]) -> None:
        self._rest = rest
        self.token: DumpToken | None = None
        self.line = 0
        self.advance()

    def advance(self) -> None:
        """Step to the next token; `token` is None at the statement's end."""
        self.token = next(self._rest, None)
        if self.token is not None:
            self.line = self.token.line
            if self.token.says(";"):
                self._rest, self.token = iter(()), None

    def take(self, *words: str) -> bool:
        """Step over one of these words or marks, if it is the next token."""
        found = self.token is not None and self.token.says(*words)
        if found:
            self.advance()
        return found

    def skip(self) -> None:
        """Step to the end."""
        while self.token is not None:
            self.advance()

    def skip_brackets(self, depth: int) -> None:
        """Step behind the bracket that closes the outermost of `depth` open ones."""
        while self.token is not None and depth:
            depth += self.token.says("(") - self.token.says(")")
            self.advance()


def _table(statement: _Statement) -> Table | None:
    """Step over a table's name, with or without a database before it."""
    name = ""
    while statement.token is not None:
        name = name_value(statement.token).lower()
        statement.advance()
        if not statement.take("."):
            break
    return _BY_SOURCE.get(name)


def _names(statement: _Statement) -> list[str]:
    """Step over a list of columns and its closing bracket."""
    names = []
    while statement.token is not None and not statement.take(")"):
        if not statement.take(","):
            names.append(name_value(statement.token))
            statement.advance()
    return names


def _literal(statement: _Statement) -> str | int | None:
    statement.take(*_INTRODUCERS)
    if statement.token is None:
        raise _BrokenRowError("the statement ends in the middle of this row")
    value = literal_value(statement.token)
    statement.advance()
    return value


def _values(statement: _Statement) -> list[str | int | None]:
    """Step over a row's values and its closing bracket."""
    values = []
    while not statement.take(")"):
        values.append(_literal(statement))
        token = statement.token
        if not statement.take(",") and token is not None and not token.says(")"):
            raise NotALiteralError(
                f"{quote_value(token.text)} follows a value: an expression, not a value"
            )
    return values


def _insert_row(statement: _Statement, table: Table, names: list[str]) -> RawRow | RejectedRow:
    line = statement.line
    statement.advance()
    try:
        values = _values(statement)
    except (NotALiteralError, _BrokenRowError) as error:
        statement.skip_brackets(1)
        return RejectedRow(table, line, str(error))
    if len(values) != len(names):
        return RejectedRow(table, line, f"{len(values)} values for {len(names)} columns")
    return RawRow(table, line, dict(zip(names, values, strict=True)))


def _insert(statement: _Statement, layouts: dict[Table, list[str]]) -> RawRows:
    """Read the rest of `INSERT …`."""
    while statement.take("IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "INTO"):
        pass
    line, table = statement.line, _table(statement)
    if table is None:
        return
    names = _names(statement) if statement.take("(") else layouts[table]
    if not statement.take("VALUES", "VALUE"):
        yield RejectedRow(table, line, "this INSERT lists no VALUES; only plain rows are loaded")
        return
    while statement.token is not None and statement.token.says("("):
        yield _insert_row(statement, table, names)
        statement.take(",")


def _create(statement: _Statement, layouts: dict[Table, list[str]]) -> None:
    """Learn from `CREATE TABLE` in which order the rows without a column list are."""
    while statement.take("TABLE", "IF", "NOT", "EXISTS"):
        pass
    table = _table(statement)
    if table is None or not statement.take("("):
        return
    names: list[str] = []
    while statement.token is not None and not statement.take(")"):
        if not statement.token.says(*_NOT_A_COLUMN):
            names.append(name_value(statement.token))
        _skip_definition(statement)
    layouts[table] = names


def _skip_definition(statement: _Statement) -> None:
    """Step behind one definition of CREATE TABLE's list."""
    while statement.token is not None and not statement.token.says(")"):
        if statement.take(","):
            return
        if statement.take("("):
            statement.skip_brackets(1)
        else:
            statement.advance()


def dump_rows(file: TextIO) -> RawRows:
    """Read the rows of all three tables; what else the dump holds is stepped over.

    An INSERT without a column list takes the order of the dump's own CREATE TABLE, or, when it has
    none, that of our schema.

    Raises:
        UnreadableFileError: a quoted text begins and never ends.
    """
    layouts = {table: [column.name for column in columns(table)] for table in TABLES}
    rest = tokens(file)
    for first in rest:
        statement = _Statement(chain([first], rest))
        if statement.take("INSERT", "REPLACE"):
            yield from _insert(statement, layouts)
        elif statement.take("CREATE"):
            _create(statement, layouts)
        statement.skip()
