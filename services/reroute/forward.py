"""Sends a user's request on to the gateway, once, and brings back the answer as it is."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse, HTTPHeaderDict, Timeout, connection_from_url
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import parse_url

from services.records.attempt import FailedAttempt
from services.records.http_response import HttpResponse
from services.settings import Settings
from services.terminal_text import one_line

MOST_AT_ONCE = 64
ANSWER_SECONDS = 60.0
"""Longer than API Gateway itself would wait."""
CONNECT_SECONDS = 3.0

Headers = list[tuple[str, str]]

_HOP = {
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Headers of one connection, which are not handed on."""


@dataclass(frozen=True)
class Request:
    """A request; `target` is path and query as they were sent."""

    method: str
    target: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Forwarded:
    """The answer that the user's script gets."""

    status: int
    headers: Headers
    body: bytes

    def reply(self) -> HttpResponse:
        """The same, as the readers of answers take it."""
        return HttpResponse(self.status, self.body)


class Forward:
    """The way to the gateway."""

    def __init__(self, settings: Settings) -> None:
        url = settings.gateway_url.rstrip("/")
        self._prefix = parse_url(url).path or ""
        self._pool = connection_from_url(url, maxsize=MOST_AT_ONCE, block=True)
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "forward")

    async def send(self, request: Request) -> Forwarded | FailedAttempt:
        """Send a request once; repeating it is the script's own business."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, request)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._threads.shutdown(wait=False)

    def _send(self, request: Request) -> Forwarded | FailedAttempt:
        try:
            response = self._pool.urlopen(
                request.method,
                self._prefix + request.target,
                body=request.body or None,
                headers=HTTPHeaderDict(passed_on(request.headers)),
                retries=False,
                redirect=False,
                decode_content=False,
                timeout=Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
            )
        except HTTPError as error:
            unsent = isinstance(error, NewConnectionError | ConnectTimeoutError)
            return FailedAttempt(
                cause=f"no answer: {one_line(str(error))}", certain=unsent, retriable=True
            )
        return _forwarded(response)


def _forwarded(response: BaseHTTPResponse) -> Forwarded:
    headers = list(passed_on(response.headers.items()))
    return Forwarded(response.status, headers, response.data)


def passed_on(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The headers that are meant for the other end."""
    return ((name, value) for name, value in headers if name.lower() not in _HOP)
