"""HTTP connections to the REST proxy. Calls block; each is made once, and a failure says how far it came.

A retry of the HTTP client's own would double records, so there is none (nor is a redirect followed): what
certainly was not sent is for the sender to send again.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from weakref import WeakSet

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ReadTimeoutError
from urllib3.util import Timeout, parse_url

from services.gateway.kafka_rest.call_errors import stopping, unanswered, unavailable


class RestCall(NamedTuple):
    """A request to the REST proxy; `path` begins with a slash and is quoted already."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


class RestAnswer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class ConnectionPool:
    """At most `size` connections; its methods may be called from any thread."""

    def __init__(self, url: str, size: int) -> None:
        parsed = parse_url(url)
        self.url = parsed._replace(auth=None).url
        self._prefix = (parsed.path or "").rstrip("/")
        self._pool = urllib3.connection_from_url(url, maxsize=size, retries=False)
        self._open = OpenConnections()
        self._pool.ConnectionCls = self._open.registering(self._pool.ConnectionCls)

    def exchange(self, call: RestCall, timeout: Timeout) -> RestAnswer:
        """Make a call.

        Raises:
            CallError: there is no answer.
        """
        if self._open.broken:
            raise stopping()
        try:
            got = self._pool.request(
                call.method,
                self._prefix + call.path,
                body=call.body,
                headers=call.headers,
                timeout=timeout,
            )
        except ConnectTimeoutError as error:  # refused and unresolved are such, too
            raise unavailable(self.url) from error
        except ReadTimeoutError as error:
            raise unanswered(self.url, "took too long") from error
        except HTTPError as error:
            raise unanswered(self.url, "broke the connection") from error
        return RestAnswer(got.status, got.headers, got.data)

    def abandon(self) -> None:
        """Break every call that is in flight, so that its caller learns that its outcome is unknown."""
        self._open.break_all()

    def close(self) -> None:
        """Close idle connections."""
        self._pool.close()


class OpenConnections:
    """The connections that are open, so that all can be broken at once, from any thread."""

    def __init__(self) -> None:
        self._connections: WeakSet[HTTPConnection] = WeakSet()
        self._lock = threading.Lock()
        self.broken = False

    def add(self, connection: HTTPConnection) -> None:
        """Register a connection that was opened; after `break_all` it is broken at once."""
        with self._lock:
            self._connections.add(connection)
            if self.broken:
                _break(connection)

    def break_all(self) -> None:
        """End every exchange that is in flight, now."""
        with self._lock:
            self.broken = True
            for connection in self._connections:
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
