"""aiohttp: the gateway's names lead to the runner's door, without TLS."""

from __future__ import annotations

import functools
import socket
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Change the connector, and so all that inherit from it."""
    connector = module.TCPConnector
    connector.connect = _checked(connector.connect, here)
    connector._resolve_host = _resolved(connector._resolve_host, here)
    connector._get_ssl_context = _plain(connector._get_ssl_context, here)


def _checked(original: Callable[..., Any], here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    async def connect(self: Any, req: Any, *args: Any, **named: Any) -> Any:
        if here.is_gateway(req.url.host, req.url.port):
            here.stop.check()
        return await original(self, req, *args, **named)

    return connect


def _resolved(original: Callable[..., Any], here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    async def resolve_host(self: Any, host: str, port: int, *args: Any, **named: Any) -> Any:
        if not here.is_gateway(host, port):
            return await original(self, host, port, *args, **named)
        address, door_port = here.configuration.door
        return [
            {
                "hostname": host,
                "host": address,
                "port": door_port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    return resolve_host


def _plain(original: Callable[..., Any], here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    def get_ssl_context(self: Any, req: Any) -> Any:
        if here.is_gateway(req.url.host, req.url.port):
            return None
        return original(self, req)

    return get_ssl_context
