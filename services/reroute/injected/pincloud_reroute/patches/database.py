"""Which databases are ours, and how a connection to one is told so."""

from __future__ import annotations

import gc
import socket
import weakref
from typing import TYPE_CHECKING, Any, Mapping

from ..hosts import is_local, is_rds

if TYPE_CHECKING:
    from ..process_context import Here

_DEFAULT_PORT = 3306
_REPLACED = {
    "host", "port", "user", "username", "password", "passwd", "database", "db", "unix_socket",
    "bind_address", "read_default_file", "read_default_group", "auth_plugin", "client_flags",
    "option_files", "option_groups",
}  # fmt: skip
_MOST_LEFT = 8
"""Connections that a process may have left behind before rubbish is collected: the server takes 151, and a
script that makes an engine in every turn leaves one each time, in a cycle that Python finds late."""


class Database:
    """The local source, in the place of a rented one."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._found: dict[str, bool] = {}

    def moves(self, wanted: Mapping[str, Any]) -> bool:
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

    def moved(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
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

    def make_room(self) -> None:
        """Have the connections closed that nobody can reach any more, once they are several."""
        if len(self._open) > _MOST_LEFT:
            gc.collect()

    def count(self, connection: Any) -> None:
        """Remember a connection for as long as it lives."""
        self._open.add(connection)


def resolves(host: str) -> bool:
    """Whether the name has an address."""
    try:
        return bool(socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return False


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
