"""HTTP connections to the REST proxy. Calls block; each is made once, and a failure says how far it came.

A retry of the HTTP client's own would double records, so there is none (nor is a redirect followed): what
certainly was not sent is for the sender to send again.
"""

import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from weakref import WeakSet

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ReadTimeoutError
from urllib3.util import Timeout, parse_url

from services.gateway.kafka_rest.failure import away, silent, stopping


class Call(NamedTuple):
    """A request to the REST proxy; `path` begins with a slash and is quoted already."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Answer(NamedTuple):
    """What the REST proxy answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections:
    """The pool; its methods may be called from any thread."""

    def __init__(self, url: str, most: int) -> None:
        self.url = url
        self._prefix = (parse_url(url).path or "").rstrip("/")
        self._pool = urllib3.connection_from_url(url, maxsize=most, retries=False)
        self._opened: WeakSet[HTTPConnection] = WeakSet()
        self._pool.ConnectionCls = _remembered(self._pool.ConnectionCls, self._opened)
        self._abandoned = False

    def exchange(self, call: Call, timeout: Timeout) -> Answer:
        """Make a call.

        Raises:
            CallError: there is no answer.
        """
        if self._abandoned:
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
            raise away(self.url) from error
        except ReadTimeoutError as error:
            raise silent(self.url, "took too long") from error
        except HTTPError as error:
            raise silent(self.url, "broke the connection") from error
        return Answer(got.status, got.headers, got.data)

    def abandon(self) -> None:
        """Break every call that is out, so that whoever waits hears that its outcome is unknown."""
        self._abandoned = True
        for connection in list(self._opened):
            with suppress(OSError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close what is idle."""
        self._pool.close()


def _remembered(kind: type[Any], opened: "WeakSet[HTTPConnection]") -> type[Any]:
    """The pool's own class of connections, for http or https, which also tells us of those that are open."""

    class Remembered(kind):  # type: ignore[misc]  # a class known at run time
        def connect(self) -> None:
            super().connect()
            opened.add(self)

    return Remembered
