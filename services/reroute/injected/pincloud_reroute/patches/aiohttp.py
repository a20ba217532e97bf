"""aiohttp: requests to the gateway go to the runner's proxy, without TLS, and its responses may end the script."""

from __future__ import annotations

import functools
import socket
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..stop import HEADER

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch_connector(module: ModuleType, context: ProcessContext) -> None:
    """Change `aiohttp.connector`, and so all connectors that inherit from its own."""
    connector = module.TCPConnector
    connector.connect = _checked(connector.connect, context)
    connector._resolve_host = _resolved(connector._resolve_host, context)
    connector._get_ssl_context = _without_tls(connector._get_ssl_context, context)


def patch_response(module: ModuleType, context: ProcessContext) -> None:
    """Change `aiohttp.client_reqrep`: the headers of every response are looked at."""
    original = module.ClientResponse.start

    @functools.wraps(original)
    async def start(self: Any, *args: Any, **named: Any) -> Any:
        response = await original(self, *args, **named)
        context.stop.check_header(self.headers.get(HEADER))
        return response

    module.ClientResponse.start = start


def _checked(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    async def connect(self: Any, req: Any, *args: Any, **named: Any) -> Any:
        if context.is_gateway(req.url.host, req.url.port):
            context.stop.check()
        return await original(self, req, *args, **named)

    return connect


def _resolved(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    async def resolve_host(self: Any, host: str, port: int, *args: Any, **named: Any) -> Any:
        if not context.is_gateway(host, port):
            return await original(self, host, port, *args, **named)
        address, proxy_port = context.configuration.proxy
        return [
            {
                "hostname": host,
                "host": address,
                "port": proxy_port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    return resolve_host


def _without_tls(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    def get_ssl_context(self: Any, req: Any) -> Any:
        if context.is_gateway(req.url.host, req.url.port):
            return None
        return original(self, req)

    return get_ssl_context
