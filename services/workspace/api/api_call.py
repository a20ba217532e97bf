"""One call of the API: its fields, from the query and from the JSON body."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from services.workspace.api.error_answers import JobsApiError, malformed_request

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Databricks' own limit."""


@dataclass(frozen=True)
class ApiCall:
    """A call.

    Attributes:
        fields: Those of the query and those of the JSON body; the provider's deferrable operators send GET
            with a body and no query.
        caller: The user agent.
        tail: The last part of the path, for calls that have an id there.
    """

    fields: dict[str, Any]
    caller: str
    tail: str = ""


Answer = dict[str, Any]
Handler = Callable[[ApiCall], Awaitable[Answer]]


async def read_call(request: Request, tail: str) -> ApiCall:
    """Read a request to its end.

    Raises:
        JobsApiError: its body is no JSON object, or too long.
    """
    body = _parse(await _body(request))
    query = dict(request.query_params)
    return ApiCall({**query, **body}, request.headers.get("user-agent", ""), tail)


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise JobsApiError(413, "BAD_REQUEST", f"The body has over {MAX_BODY_BYTES} bytes")
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise malformed_request("The connection ended before the body did") from error
    return b"".join(chunks)


def _parse(body: bytes) -> dict[str, Any]:
    """The fields of a body; half of a surrogate pair, which no file can hold, is refused here."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise malformed_request(f"The body is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise malformed_request(f"The body must be a JSON object, and is a {type(value).__name__}")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
