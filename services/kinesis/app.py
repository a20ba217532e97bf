"""The ASGI app: Kinesis' protocol (`POST /` with `X-Amz-Target`, in JSON or CBOR), and `GET /health`."""

import logging
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from services.kinesis.actions.dispatch import carry_out, internal_failure
from services.kinesis.engine import Engine
from services.kinesis.group_commit import Commit, GroupCommit
from services.kinesis.wire_protocols import JSON, WireProtocol, protocol_of
from services.records.kinesis_api import (
    INTERNAL_FAILURE,
    SERIALIZATION,
    UNKNOWN_OPERATION,
    KinesisError,
)

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TARGET = "Kinesis_20131202."
MAX_BODY_BYTES = 24 * 1024 * 1024
"""10 MiB of records in base64, and room for 500 keys."""


class KinesisApp:
    """Serves requests one after the other; the answer to one that wrote waits until that is synced to the disk."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._commits = GroupCommit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET" and scope["path"] == "/health":
            await respond(send, 200, b'{"status":"ok"}')
            return
        body = await _body(receive)
        if body is not None:
            protocol = protocol_of(_header(scope, b"content-type"))
            status, answer = await self.answer(scope, body, protocol)
            await respond(send, status, answer, protocol.content_type)

    async def answer(
        self, scope: Scope, body: bytes, protocol: WireProtocol = JSON
    ) -> tuple[int, bytes]:
        """Status and body of the response to one request."""
        try:
            action = action_of(scope, body)
            done = carry_out(self.engine, action, body, protocol)
            await self._synced(action, done.commits)
        except KinesisError as error:
            return error.status, protocol.write(error.fields())
        except Exception:
            log.exception("unforeseen failure")
            failure = KinesisError(INTERNAL_FAILURE, "Internal Service Failure", 500)
            return failure.status, protocol.write(failure.fields())
        return 200, done.body

    async def _synced(self, action: str, commits: list[Commit]) -> None:
        try:
            await self._commits.synced(commits)
        except OSError as error:
            raise internal_failure(action, error) from error


def action_of(scope: Scope, body: bytes) -> str:
    """The action of `X-Amz-Target`.

    Raises:
        KinesisError: it names none, or is too long.
    """
    if len(body) > MAX_BODY_BYTES:
        raise KinesisError(SERIALIZATION, f"The body has over {MAX_BODY_BYTES} bytes", 413)
    target = _header(scope, b"x-amz-target").decode("latin-1")
    if not target.startswith(TARGET):
        raise KinesisError(UNKNOWN_OPERATION, f"X-Amz-Target {target!r} is not {TARGET}<action>")
    return target.removeprefix(TARGET)


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name.lower() == wanted), b"")


async def _body(receive: Receive) -> bytes | None:
    """The request's body, cut a little above the limit; None when the client went away before its end."""
    chunks: list[bytes] = []
    room = MAX_BODY_BYTES + 1
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        chunks.append(chunk[: max(room, 0)])
        room -= len(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def respond(
    send: Send, status: int, body: bytes, content_type: bytes = JSON.content_type
) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-requestid", str(uuid.uuid4()).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
