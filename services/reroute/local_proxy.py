"""The local proxy that the script's requests for the gateway come in by: an ASGI app on the loopback."""

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.records.attempt import FailedAttempt
from services.records.http_response import is_success
from services.records.layer import Layer
from services.reroute.display import say_refused
from services.reroute.forward import Forwarder, GatewayRequest, GatewayResponse
from services.reroute.injected.pincloud_reroute.stop import HEADER
from services.reroute.limit import PostLimit
from services.reroute.missing_streams import MissingStreams, found_no_stream
from services.reroute.post_results import PostResults
from services.reroute.posts import Post, read_post
from services.reroute.report.exchanges import Exchange, error_of
from services.terminal import Console

EARLY = 12
"""Requests without one acknowledged post, after which the user is told why."""

UNSENT, UNKNOWN = 503, 504
"""API Gateway's statuses when its backend does not answer."""


class LocalProxy:
    """Forwards what comes in, and counts and journals the posts among it."""

    def __init__(
        self,
        forwarder: Forwarder,
        results: PostResults,
        limit: PostLimit,
        streams: MissingStreams,
    ) -> None:
        self._forwarder = forwarder
        self._streams = streams
        self._results = results
        self._limit = limit
        self.active = 0
        """Requests that are under way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.active += 1
        try:
            response = await self._answer(scope, receive)
            await response(scope, receive, send)
        except ClientDisconnect:
            return  # its body never came, so nothing was sent on
        finally:
            self.active -= 1

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        request = GatewayRequest(
            scope["method"],
            _target(scope),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            await Request(scope, receive).body(),
        )
        media = next(
            (value for name, value in request.headers if name.lower() == "content-type"), ""
        )
        stream = QueryParams(scope.get("query_string", b"")).get("stream-name")
        post = read_post(request.method, scope["path"], stream, media, request.body)
        if post is None:
            answer = await self._forwarder.send(request)
            if not self._results.acked:
                self._note(request, answer)
            return _response(answer)
        return await self._count(request, post)

    async def _count(self, request: GatewayRequest, post: Post) -> Response:
        """Forward a post, unless the limit is reached."""
        if self._results.problem:
            return _message(UNSENT, self._results.problem)
        if not await self._limit.enter():
            return _limit_reached()
        acked = False
        try:
            answer = await self._send(request, post)
            response = answer if isinstance(answer, FailedAttempt) else answer.read()
            acked = self._results.settle(post, response)
        finally:
            await self._limit.leave(acked=acked)
        return _response(answer)

    async def _send(self, request: GatewayRequest, post: Post) -> GatewayResponse | FailedAttempt:
        """Once; a put that found no stream was not stored, and is sent again when its stream is made."""
        answer = await self._forwarder.send(request)
        is_put = post.layer is Layer.SPEED
        if is_put and found_no_stream(answer) and await self._streams.make(post.name):
            answer = await self._forwarder.send(request)
        if not self._results.acked:
            self._note(request, answer)
        return answer

    def _note(self, request: GatewayRequest, answer: GatewayResponse | FailedAttempt) -> None:
        self._results.exchanges.add(_exchange(request, answer))
        if self._results.exchanges.total == EARLY and not _succeeded(answer):
            say_refused(Console(stderr=True), self._results)


def _succeeded(answer: GatewayResponse | FailedAttempt) -> bool:
    return not isinstance(answer, FailedAttempt) and is_success(answer.status)


def _exchange(request: GatewayRequest, answer: GatewayResponse | FailedAttempt) -> Exchange:
    headers = {name.lower(): value for name, value in request.headers}
    if isinstance(answer, FailedAttempt):
        status, code, message = UNSENT if answer.certain else UNKNOWN, "", answer.cause
    else:
        status, (code, message) = answer.status, error_of(answer.body)
    path = request.target.partition("?")[0]
    media = headers.get("content-type", "")
    return Exchange(request.method, headers.get("host", ""), path, media, status, code, message)


def _target(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _response(answer: GatewayResponse | FailedAttempt) -> Response:
    if isinstance(answer, FailedAttempt):
        return _message(UNSENT if answer.certain else UNKNOWN, f"The local gateway: {answer.cause}")
    response = Response(answer.body, answer.status)
    response.raw_headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers
    ] + [(b"content-length", str(len(answer.body)).encode())]
    return response


def _limit_reached() -> Response:
    response = _message(UNSENT, "MAX_REQUESTS posts were acknowledged; this one was not sent.")
    response.headers[HEADER] = "1"
    return response


def _message(status: int, text: str) -> Response:
    body = msgspec.json.encode({"message": text})
    return Response(body, status, media_type="application/json")
