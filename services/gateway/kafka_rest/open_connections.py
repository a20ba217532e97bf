"""The connections to the REST proxy that are open, so that all of them can be broken at once."""

import socket
import threading
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from urllib3.connection import HTTPConnection


class OpenConnections:
    """A registry; its methods may be called from any thread."""

    def __init__(self) -> None:
        self._held: WeakSet[HTTPConnection] = WeakSet()
        self._lock = threading.Lock()
        self.broken = False

    def add(self, connection: HTTPConnection) -> None:
        """Remember a connection that was opened; one that comes too late is broken, too."""
        with self._lock:
            self._held.add(connection)
            if self.broken:
                _break(connection)

    def break_all(self) -> None:
        """End every exchange that is under way, here and now."""
        with self._lock:
            self.broken = True
            for connection in self._held:
                _break(connection)

    def registering(self, kind: type[Any]) -> type[Any]:
        """A pool's own class of connections, for http or https, whose connections register here."""
        register = self.add

        class Registered(kind):  # type: ignore[misc]  # a class known at run time
            def connect(self) -> None:
                super().connect()
                register(self)

        return Registered


def _break(connection: HTTPConnection) -> None:
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
