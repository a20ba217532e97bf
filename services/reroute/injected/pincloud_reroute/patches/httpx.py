"""httpx, sync and async: a request to the gateway gets another address on its last step."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..stop import HEADER

if TYPE_CHECKING:
    from ..process_context import Here

Moved = Callable[[Any], Any]
"""Request → the same to the runner's door, or None when it is not for the gateway."""


def patch(module: ModuleType, here: Here) -> None:
    """Change both transports."""
    moved = _mover(module.Request, here)
    plain, asynchronous = module.HTTPTransport, module.AsyncHTTPTransport
    plain.handle_request = _handle(plain.handle_request, moved, here)
    asynchronous.handle_async_request = _handle_async(
        asynchronous.handle_async_request, moved, here
    )


def _mover(request_class: Any, here: Here) -> Moved:
    def moved(request: Any) -> Any:
        if not here.is_gateway(request.url.host, request.url.port):
            return None
        here.stop.check()
        host, port = here.configuration.door
        return request_class(
            method=request.method,
            url=request.url.copy_with(scheme="http", host=host, port=port),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    return moved


def _handle(original: Callable[..., Any], moved: Moved, here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        ours = moved(request)
        if ours is None:
            return original(self, request)
        response = original(self, ours)
        here.stop.heed(response.headers.get(HEADER))
        return response

    return handle_request


def _handle_async(original: Callable[..., Any], moved: Moved, here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        ours = moved(request)
        if ours is None:
            return await original(self, request)
        response = await original(self, ours)
        here.stop.heed(response.headers.get(HEADER))
        return response

    return handle_async_request
