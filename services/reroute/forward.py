"""Forwards a user's request to the gateway, once, and returns the response as it is."""

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

_HOP_BY_HOP = {
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
"""Headers of one connection, which are not forwarded."""


@dataclass(frozen=True)
class GatewayRequest:
    """A request; `target` is path and query as they were sent."""

    method: str
    target: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class GatewayResponse:
    """The response that the user's script gets."""

    status: int
    headers: Headers
    body: bytes

    def read(self) -> HttpResponse:
        """The same, as `services.records` reads it."""
        return HttpResponse(self.status, self.body)


class Forwarder:
    """Keeps the connections to the gateway."""

    def __init__(self, settings: Settings) -> None:
        url = settings.gateway_url.rstrip("/")
        self._prefix = parse_url(url).path or ""
        self._pool = connection_from_url(url, maxsize=MOST_AT_ONCE, block=True)
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, "forward")

    async def send(self, request: GatewayRequest) -> GatewayResponse | FailedAttempt:
        """Send a request once; repeating it is the script's own business."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, request)

    def close(self) -> None:
        self._pool.close()
        self._threads.shutdown(wait=False)

    def _send(self, request: GatewayRequest) -> GatewayResponse | FailedAttempt:
        try:
            response = self._pool.urlopen(
                request.method,
                self._prefix + request.target,
                body=request.body or None,
                headers=HTTPHeaderDict(end_to_end(request.headers)),
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
        return _gateway_response(response)


def _gateway_response(response: BaseHTTPResponse) -> GatewayResponse:
    headers = list(end_to_end(response.headers.items()))
    return GatewayResponse(response.status, headers, response.data)


def end_to_end(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The headers that are meant for the other end."""
    return ((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP)
