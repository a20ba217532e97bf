"""A reverse proxy for Spark's UI: it reads, and adds the signed token that Spark wants to see."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

import urllib3
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

_METHODS = ("GET", "HEAD")

_SENT_ON = ("accept", "accept-encoding", "accept-language", "host", "if-modified-since")
"""Of the request; the host is in the redirects that Spark answers with. The browser's cookie stays here."""

_KEPT_BACK = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "server", "set-cookie", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
"""Of the answer: a connection's own, and what Spark says of itself."""

_ADDED = {"cross-origin-resource-policy": "same-origin", "referrer-policy": "same-origin"}

_TIMEOUT = urllib3.Timeout(connect=2, read=60)
_CHUNK = 64 * 1024


class ReverseProxy:
    """ASGI app: the UI at `host:port`."""

    def __init__(self, host: str, port: int, signed_token: str) -> None:
        self._upstream = urllib3.HTTPConnectionPool(host, port, timeout=_TIMEOUT, maxsize=4)
        self._authorization = f"Bearer {signed_token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in _METHODS:
            text = "Spark's UI is for reading here.\n"
            return PlainTextResponse(text, 405, headers={"allow": ", ".join(_METHODS)})
        try:
            found = await run_in_threadpool(self._fetch, request)
        except urllib3.exceptions.HTTPError:
            text = "Spark's UI does not answer: `make status` says whether Spark is up, `make logs` why not.\n"
            return PlainTextResponse(text, 503, headers={"retry-after": "5"})
        headers = dict(_kept(found.headers.items()))
        body = iterate_in_threadpool(_chunks(found))
        return StreamingResponse(body, found.status, headers={**headers, **_ADDED})

    def _fetch(self, request: Request) -> urllib3.BaseHTTPResponse:
        asked = {name: value for name, value in request.headers.items() if name in _SENT_ON}
        return self._upstream.urlopen(
            request.method,
            _target(request.scope),
            headers={**asked, "Authorization": self._authorization},
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        )


def _target(scope: MutableMapping[str, Any]) -> str:
    """Path and query as they were sent."""
    path = (scope.get("raw_path") or b"/").decode("latin-1").partition("?")[0]
    query = scope.get("query_string", b"").decode("latin-1")
    return f"/{path.lstrip('/')}" + (f"?{query}" if query else "")


def _kept(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in headers if name.lower() not in _KEPT_BACK)


def _chunks(found: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """The body as it came; the connection is free again at its end, and closed when nobody reads on."""
    try:
        yield from found.stream(_CHUNK, decode_content=False)
        found.release_conn()
    finally:
        found.close()
