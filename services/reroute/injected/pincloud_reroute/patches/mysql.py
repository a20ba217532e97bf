"""MySQL's drivers: connections to a rented database go to the local source, with its reader's account."""

from __future__ import annotations

import functools
import gc
import inspect
import socket
import weakref
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Mapping

from ..hosts import is_local, is_rds

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_DEFAULT_PORT = 3306
_REPLACED = {
    "host", "port", "user", "username", "password", "passwd", "database", "db", "unix_socket",
    "bind_address", "read_default_file", "read_default_group", "auth_plugin", "client_flags",
    "option_files", "option_groups",
}  # fmt: skip
_MOST_ABANDONED = 8
"""Connections that a process may have left behind before rubbish is collected: the server takes 151, and a
script that makes an engine in every turn leaves one each time, in a cycle that Python finds late."""
_POSITIONS = ("host", "user", "password", "database", "port")
"""DB-API's order, where a signature does not tell it."""


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Change the Connection of a driver that takes its address as arguments of `__init__`; SQLAlchemy uses it too."""
    connection = module.Connection
    original, database = connection.__init__, LocalDatabase(context)
    names, extra = _names(original), _without_tls(original)
    parameters = inspect.signature(original).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        wanted = {**dict(zip(names, args)), **named}
        if len(args) > len(names) or not database.reroutes(wanted):
            original(self, *args, **named)
            return
        database.collect_abandoned()
        rerouted = database.rerouted(wanted)
        if "database" not in names and "db" in names:  # aiomysql
            rerouted["db"] = rerouted.pop("database")
        if context.offered and not takes_any:
            # `connect(**DB_CONFIG)` with a stand-in's, which has each key in every spelling
            rerouted = {name: value for name, value in rerouted.items() if name in parameters}
        original(self, **rerouted, **extra)
        database.remember(self)

    connection.__init__ = __init__
    if callable(getattr(module, "connect", None)):
        module.connect = _taking_every_spelling(module.connect, context)  # type: ignore[attr-defined]


def _taking_every_spelling(connect: Any, context: ProcessContext) -> Any:
    """For `connect(**DB_CONFIG)` with a stand-in's, where `connect` has a closed list of names: aiomysql's."""
    parameters = inspect.signature(connect).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return connect

    @functools.wraps(connect)
    def taking(*args: Any, **named: Any) -> Any:
        if not context.offered:
            return connect(*args, **named)
        if "database" in named and "database" not in parameters:
            named.setdefault("db", named["database"])
        known = {name: value for name, value in named.items() if name in parameters}
        return connect(*args, **known)

    return taking


def patch_mysql_connector(module: ModuleType, context: ProcessContext) -> None:
    """Change mysql-connector-python: both its connections and its pools come through `config`."""
    connection = module.MySQLConnectionAbstract
    original, database = connection.config, LocalDatabase(context)

    @functools.wraps(original)
    def config(self: Any, **named: Any) -> Any:
        if not database.reroutes(named):
            return original(self, **named)
        database.collect_abandoned()
        database.remember(self)
        return original(self, **database.rerouted(named))

    connection.config = config


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


class LocalDatabase:
    """The local source, in the place of a rented one."""

    def __init__(self, context: ProcessContext) -> None:
        self._here = context
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._found: dict[str, bool] = {}

    def reroutes(self, wanted: Mapping[str, Any]) -> bool:
        """Whether a connection with these arguments is for the local source; says so once a host."""
        host = _text(wanted.get("host")) or "localhost"
        port = int(wanted.get("port") or _DEFAULT_PORT)
        ours = self._here.configuration.mysql
        if is_local(host):
            return (
                self._here.offered
                or port == ours.port
                or _text(wanted.get("user", wanted.get("username"))) == ours.user
            )
        if not is_rds(host) and self._resolves(host):
            return False
        self._here.say(
            f"MySQL at {host} → {ours.host}:{ours.port}, database {ours.database}, with its reader's account",
            key=f"mysql {host}",
        )
        return True

    def rerouted(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with the local address and account; what concerns TLS is left out."""
        ours = self._here.configuration.mysql
        kept = {
            name: value
            for name, value in wanted.items()
            if name not in _REPLACED and not name.startswith("ssl")
        }
        return {
            **kept,
            "host": ours.host,
            "port": ours.port,
            "user": ours.user,
            "password": ours.password,
            "database": ours.database,
        }

    def _resolves(self, host: str) -> bool:
        """Whether there is such a host; asked once, since a missing one can take seconds."""
        if host not in self._found:
            self._found[host] = resolves(host)
        return self._found[host]

    def collect_abandoned(self) -> None:
        """Have the connections closed that nobody can reach any more, once they are several."""
        if len(self._open) > _MOST_ABANDONED:
            gc.collect()

    def remember(self, connection: Any) -> None:
        """Remember a connection for as long as it lives."""
        self._open.add(connection)


def resolves(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return False


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
