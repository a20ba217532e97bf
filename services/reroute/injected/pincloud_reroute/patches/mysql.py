"""MySQL drivers whose connection takes its address as named arguments of `__init__`."""

from __future__ import annotations

import functools
import inspect
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .database import Database

if TYPE_CHECKING:
    from ..process_context import Here

_POSITIONS = ("host", "user", "password", "database", "port")
"""DB-API's order, where a signature does not tell it."""


def patch(module: ModuleType, here: Here) -> None:
    """Change the driver's Connection, which SQLAlchemy uses too."""
    connection = module.Connection
    original, database = connection.__init__, Database(here)
    names, extra = _names(original), _without_tls(original)
    parameters = inspect.signature(original).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        wanted = {**dict(zip(names, args)), **named}
        if len(args) > len(names) or not database.moves(wanted):
            original(self, *args, **named)
            return
        database.make_room()
        moved = database.moved(wanted)
        if "database" not in names and "db" in names:  # aiomysql
            moved["db"] = moved.pop("database")
        if here.offered and not takes_any:
            # `connect(**DB_CONFIG)` with a stand-in's, which has each key in every spelling
            moved = {name: value for name, value in moved.items() if name in parameters}
        original(self, **moved, **extra)
        database.count(self)

    connection.__init__ = __init__


def _names(function: Any) -> list[str]:
    """Names of the positional arguments, without self."""
    parameters = inspect.signature(function).parameters.values()
    named = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    return named or list(_POSITIONS)


def _without_tls(function: Any) -> dict[str, bool]:
    """TLS to this machine's own server costs 27 ms of CPU a connection, doing without it 1 ms.

    MySQL 8's login then wants `cryptography`; without that TLS stays.
    """
    able = "ssl_disabled" in inspect.signature(function).parameters
    return {"ssl_disabled": True} if able and find_spec("cryptography") else {}
