"""httpx, sync and async: a request to the gateway gets another address on its last step."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..stop import HEADER

if TYPE_CHECKING:
    from ..process_context import ProcessContext

Rerouted = Callable[[Any], Any]
"""Request → the same to the runner's proxy, or None when it is not for the gateway."""


def patch(module: ModuleType, context: ProcessContext) -> None:
    rerouted = _rerouter(module.Request, context)
    plain, asynchronous = module.HTTPTransport, module.AsyncHTTPTransport
    plain.handle_request = _handle(plain.handle_request, rerouted, context)
    asynchronous.handle_async_request = _handle_async(
        asynchronous.handle_async_request, rerouted, context
    )


def _rerouter(request_class: Any, context: ProcessContext) -> Rerouted:
    def rerouted(request: Any) -> Any:
        if not context.is_gateway(request.url.host, request.url.port):
            return None
        context.stop.check()
        host, port = context.configuration.proxy
        return request_class(
            method=request.method,
            url=request.url.copy_with(scheme="http", host=host, port=port),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    return rerouted


def _handle(
    original: Callable[..., Any], rerouted: Rerouted, context: ProcessContext
) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        ours = rerouted(request)
        if ours is None:
            return original(self, request)
        response = original(self, ours)
        context.stop.check_header(response.headers.get(HEADER))
        return response

    return handle_request


def _handle_async(
    original: Callable[..., Any], rerouted: Rerouted, context: ProcessContext
) -> Callable[..., Any]:
    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        ours = rerouted(request)
        if ours is None:
            return await original(self, request)
        response = await original(self, ours)
        context.stop.check_header(response.headers.get(HEADER))
        return response

    return handle_async_request
