"""The tables' columns, read from seed_data/schema.sql, and their creation."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from sqlalchemy import Connection

from services.settings import PROJECT_ROOT
from services.tables import TABLES, Table

SCHEMA_FILE = PROJECT_ROOT / "seed_data" / "schema.sql"

_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS `(?P<name>\w+)` \((?P<body>.*?)\n\)", re.DOTALL)
_COLUMN = re.compile(r"^  `(?P<name>\w+)` (?P<kind>[A-Z]+)(?:\((?P<length>\d+)\))?", re.MULTILINE)
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)


class Kind(Enum):
    """The column types that the source uses."""

    INT = "INT"
    DOUBLE = "DOUBLE"
    DATETIME = "DATETIME"
    VARCHAR = "VARCHAR"
    TEXT = "TEXT"


@dataclass(frozen=True)
class Column:
    """A column of the source.

    Attributes:
        name: Its name in MySQL.
        kind: Its type.
        length: The most characters that a VARCHAR holds, else None.
    """

    name: str
    kind: Kind
    length: int | None = None


def quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _column(match: re.Match[str]) -> Column:
    length = match["length"]
    return Column(match["name"], Kind(match["kind"]), int(length) if length else None)


@cache
def _tables() -> dict[str, tuple[Column, ...]]:
    text = SCHEMA_FILE.read_text("utf-8")
    return {
        table["name"]: tuple(_column(column) for column in _COLUMN.finditer(table["body"]))
        for table in _TABLE.finditer(text)
    }


def columns(table: Table) -> tuple[Column, ...]:
    """The table's columns, in the order of its CREATE statement."""
    return _tables()[table.source]


def create_tables(connection: Connection) -> list[Table]:
    """Create the tables that are missing, and return those."""
    present = set(connection.exec_driver_sql("SHOW TABLES").scalars())
    missing = [table for table in TABLES if table.source not in present]
    for statement in _COMMENT.sub("", SCHEMA_FILE.read_text("utf-8")).split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    return missing
