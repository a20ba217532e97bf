"""`http.client` and urllib3, and with them urllib and requests: to the runner's proxy, without TLS, for the gateway."""

from __future__ import annotations

import functools
import socket
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..stop import HEADER

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Change both connection classes of `http.client`."""
    plain = module.HTTPConnection
    _connect_to_proxy(plain, context)
    _connect_to_proxy(module.HTTPSConnection, context)
    plain.putrequest = _checked_request(plain.putrequest, context)
    plain.getresponse = _checked_response(plain.getresponse, context)


def patch_urllib3(module: ModuleType, context: ProcessContext) -> None:
    """Change the classes of `urllib3.connection`, which connect in their own way."""
    _connect_to_proxy(module.HTTPConnection, context)
    if hasattr(module.HTTPSConnection, "connect"):
        _connect_to_proxy(module.HTTPSConnection, context)


def _checked_request(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    def putrequest(self: Any, *args: Any, **named: Any) -> Any:
        if _goes_to_gateway(self, context):
            context.stop.check()
        return original(self, *args, **named)

    return putrequest


def _checked_response(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    @functools.wraps(original)
    def getresponse(self: Any, *args: Any, **named: Any) -> Any:
        response = original(self, *args, **named)
        if _goes_to_gateway(self, context):
            context.stop.check_header(response.headers.get(HEADER))
        return response

    return getresponse


def _goes_to_gateway(connection: Any, context: ProcessContext) -> bool:
    """Whether the connection, also one through a proxy's tunnel, is to the gateway."""
    tunnel = getattr(connection, "_tunnel_host", None)
    if tunnel:
        return context.is_gateway(tunnel, connection._tunnel_port)
    return context.is_gateway(connection.host, connection.port)


def _connect_to_proxy(connection_class: Any, context: ProcessContext) -> None:
    """Change how a class connects."""
    original = connection_class.connect

    @functools.wraps(original)
    def connect(self: Any) -> Any:
        if not _goes_to_gateway(self, context):
            return original(self)
        seconds = self.timeout if isinstance(self.timeout, (int, float)) else None
        self.sock = socket.create_connection(context.configuration.proxy, seconds)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_verified = True  # urllib3 would warn of a certificate that nobody has checked
        return None

    connection_class.connect = connect
