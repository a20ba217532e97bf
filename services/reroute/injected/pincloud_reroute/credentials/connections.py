"""Missing modules that do not hold credentials but connect with them: `AWSDBConnector().create_db_connector()`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .formats.tree import Connection
from .meaning.keys import words
from .usage.node import CALLED, Facts

if TYPE_CHECKING:
    from .meaning.values import Values

_MODULE = {"db", "database", "rds", "sql", "connector", "connection", "connect", "engine", "mysql"}
_PACKAGES = {
    "aiomysql", "asyncpg", "mysql", "mysqlclient", "MySQLdb", "peewee", "psycopg", "psycopg2", "pymysql", "pyodbc",
    "records", "sqlalchemy", "sqlmodel", "sqlite3", "databases", "dataset",
}  # fmt: skip
_ENGINE = {"begin", "connect", "dispose", "raw_connection"}
_CONNECTION = {"commit", "cursor", "execute"}
_NAME = re.compile(r"(?:\w+_)?(?:db_?connector|db_?engine|engine)", re.IGNORECASE)


def may_connect(module: str) -> bool:
    """Whether a module of the project, and no package, is called like this for a database."""
    first, _, _ = module.partition(".")
    return first not in _PACKAGES and bool(_MODULE & set(words(module.rpartition(".")[2])))


def is_connection(name: str, facts: Facts) -> bool:
    """Whether it is used as an engine or as a connection, or is called like one."""
    asked = facts.keys.keys()
    return bool(asked & (_ENGINE | {"cursor"})) or (
        CALLED in facts.marks and bool(_NAME.search(name))
    )


def connection(name: str, facts: Facts, values: Values) -> Connection | None:
    """What a name stands for whose value is used as an engine, or as a connection, is."""
    asked = facts.keys.keys()
    called = CALLED in facts.marks
    if asked & _ENGINE or _NAME.fullmatch(name):
        url = values.find("database_url")
        return Connection(f"sqlalchemy.create_engine({url!r})", "sqlalchemy", called)
    if "cursor" in asked and asked <= _CONNECTION | {"close", "rollback", "ping"}:
        given = {
            word: values.find(word) for word in ("host", "user", "password", "database", "port")
        }
        named = ", ".join(f"{word}={value!r}" for word, value in given.items())
        return Connection(f"pymysql.connect({named})", "pymysql", called)
    return None
