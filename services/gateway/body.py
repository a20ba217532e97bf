"""Reading a request's body without trusting its length, its sender's speed, or its end."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from services.gateway.budget import BudgetShare
from services.gateway.limits import Limits
from services.gateway.refused_request import RefusalError

TOO_LONG = "HTTP content length exceeded {limit} bytes."
"""API Gateway's own text."""


def header(scope: Scope, name: bytes) -> bytes | None:
    """First header of that (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


async def read_body(scope: Scope, receive: Receive, share: BudgetShare, limits: Limits) -> bytes:
    """Read the whole body, holding its bytes in the request's share of the budget.

    Raises:
        RefusalError: 413 as soon as the body is, or says it will be, too long; 408 when it comes too
            slowly; 503 when the gateway holds too much already.
        ClientDisconnect: the client went away in the middle.
    """
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limits.body_bytes:
        raise _too_long(limits)
    try:
        with share.reading():
            async with asyncio.timeout(limits.body_seconds):
                return await _read(receive, share, limits)
    except TimeoutError as error:
        raise RefusalError(
            408, f"the request's body was not complete after {limits.body_seconds:g} s"
        ) from error


async def _read(receive: Receive, share: BudgetShare, limits: Limits) -> bytes:
    message = await receive()
    body = _chunk(message, share)
    if message.get("more_body"):
        chunks, length = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            chunks.append(_chunk(message, share))
            length += len(chunks[-1])
            if length > limits.body_bytes:
                raise _too_long(limits)
        body = b"".join(chunks)
    if len(body) > limits.body_bytes:
        raise _too_long(limits)
    return body


def _chunk(message: Message, share: BudgetShare) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    chunk: bytes = message.get("body", b"")
    share.take_bytes(len(chunk))
    return chunk


def _too_long(limits: Limits) -> RefusalError:
    return RefusalError(
        413, TOO_LONG.format(limit=limits.body_bytes), headers={"Connection": "close"}
    )
