"""Where the script's requests for the gateway come in: an ASGI app on the loopback."""

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.records.attempt import FailedAttempt
from services.reroute.forward import Forward, Forwarded
from services.reroute.forward import Request as Sent
from services.reroute.injected.pincloud_reroute.stop import HEADER
from services.reroute.limit import Limit
from services.reroute.post_results import Account
from services.reroute.posts import Post, read_post

UNSENT, UNKNOWN = 503, 504
"""API Gateway's statuses when what is behind it does not answer."""


class Door:
    """Forwards what comes in, and keeps account of the posts among it."""

    def __init__(self, forward: Forward, account: Account, limit: Limit) -> None:
        self._forward = forward
        self._account = account
        self._limit = limit
        self.active = 0
        """Requests that are under way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
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
        sent = Sent(
            scope["method"],
            _target(scope),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            await Request(scope, receive).body(),
        )
        media = next((value for name, value in sent.headers if name.lower() == "content-type"), "")
        stream = QueryParams(scope.get("query_string", b"")).get("stream-name")
        post = read_post(sent.method, scope["path"], stream, media, sent.body)
        if post is None:
            return _response(await self._forward.send(sent))
        return await self._count(sent, post)

    async def _count(self, sent: Sent, post: Post) -> Response:
        """Forward a post, if there have not been enough of them."""
        if self._account.problem:
            return _message(UNSENT, self._account.problem)
        if not await self._limit.enter():
            return _enough()
        acked = False
        try:
            answer = await self._forward.send(sent)
            reply = answer if isinstance(answer, FailedAttempt) else answer.reply()
            acked = self._account.settle(post, reply)
        finally:
            await self._limit.leave(acked=acked)
        return _response(answer)


def _target(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _response(answer: Forwarded | FailedAttempt) -> Response:
    if isinstance(answer, FailedAttempt):
        return _message(UNSENT if answer.certain else UNKNOWN, f"The local gateway: {answer.cause}")
    response = Response(answer.body, answer.status)
    response.raw_headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers
    ] + [(b"content-length", str(len(answer.body)).encode())]
    return response


def _enough() -> Response:
    response = _message(UNSENT, "MAX_REQUESTS posts were acknowledged; this one was not sent.")
    response.headers[HEADER] = "1"
    return response


def _message(status: int, text: str) -> Response:
    body = msgspec.json.encode({"message": text})
    return Response(body, status, media_type="application/json")
