"""Connections of `http.client`'s kind: to the runner's door, without TLS, where the gateway is meant."""

from __future__ import annotations

import functools
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..process_context import Here


def goes_to_gateway(connection: Any, here: Here) -> bool:
    """Whether the connection, also one through a proxy's tunnel, is to the gateway."""
    tunnel = getattr(connection, "_tunnel_host", None)
    if tunnel:
        return here.is_gateway(tunnel, connection._tunnel_port)
    return here.is_gateway(connection.host, connection.port)


def connect_to_door(connection_class: Any, here: Here) -> None:
    """Change how a class connects."""
    original = connection_class.connect

    @functools.wraps(original)
    def connect(self: Any) -> Any:
        if not goes_to_gateway(self, here):
            return original(self)
        seconds = self.timeout if isinstance(self.timeout, (int, float)) else None
        self.sock = socket.create_connection(here.configuration.door, seconds)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_verified = True  # urllib3 would warn of a certificate that nobody has checked
        return None

    connection_class.connect = connect
