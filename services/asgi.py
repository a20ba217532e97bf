"""Serving an ASGI app on the loopback by granian, inside this process.

granian's embedded server is used and not its process manager: one process and one event loop, so that
`kill -9` leaves no worker behind that still holds the port.
"""

import socket
from collections.abc import Awaitable, Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from services.settings import HOST

App = Callable[..., Awaitable[Any]]


def check_free(port: int) -> None:
    """Refuse a port that is taken: granian would share it with another granian, unseen.

    Raises:
        OSError: it is taken.
    """
    socket.create_server((HOST, port)).close()


def embedded_server(app: App, port: int) -> Server:
    """A server that begins with `await server.serve()` and ends with `server.stop()`."""
    return Server(
        app,
        address=HOST,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
    )
