"""HTTP connections to the REST proxy. Calls block; each is made once, and a failure says how far it came.

A retry of the HTTP client's own would double records, so there is none (nor is a redirect followed): what
certainly was not sent is for the sender to send again.
"""

from collections.abc import Mapping
from typing import NamedTuple

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ReadTimeoutError
from urllib3.util import Timeout, parse_url

from services.gateway.kafka_rest.call_errors import stopping, unanswered, unavailable
from services.gateway.kafka_rest.open_connections import OpenConnections


class RestCall(NamedTuple):
    """A request to the REST proxy; `path` begins with a slash and is quoted already."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


class RestAnswer(NamedTuple):
    """What the REST proxy answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ConnectionPool:
    """The pool; its methods may be called from any thread."""

    def __init__(self, url: str, most: int) -> None:
        parsed = parse_url(url)
        self.url = parsed._replace(auth=None).url
        self._prefix = (parsed.path or "").rstrip("/")
        self._pool = urllib3.connection_from_url(url, maxsize=most, retries=False)
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
        """Break every call that is out, so that whoever waits hears that its outcome is unknown."""
        self._open.break_all()

    def close(self) -> None:
        """Close what is idle."""
        self._pool.close()
