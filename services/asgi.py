"""Serving an ASGI app by granian, inside this process.

granian's embedded server is used and not its process manager: one process and one event loop, so that
`kill -9` leaves no worker behind that still holds the port.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from services.listening import check_free

App = Callable[..., Awaitable[Any]]

log = logging.getLogger(__name__)

CLOSE_SECONDS = 0.5
"""For granian to close its connections, once there is no answer left to give."""


def stop_signal() -> asyncio.Event:
    """Set when the process gets SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def embedded_server(app: App, host: str, port: int) -> Server:
    """A server that begins with `await server.serve()` and ends with `server.stop()`."""
    return Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
    )


async def serve_until(stopped: asyncio.Event, app: App, host: str, port: int) -> None:
    """Serve an app until the event is set.

    Raises:
        OSError: see `services.listening`.
    """
    check_free(host, port)
    server = embedded_server(app, host, port)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopped.wait())
    log.info("listening on http://%s:%s", host, port)
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    require_served(serving)
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=CLOSE_SECONDS)


def require_served(serving: "asyncio.Task[None]") -> None:
    """Tell a server that failed from one that was stopped.

    Raises:
        OSError: it failed; the message says of what.
    """
    if serving.done() and (fault := serving.exception()):
        raise OSError(f"the server failed: {fault}") from fault


def leave(code: int) -> NoReturn:
    """End the process that has served, with what it has written out.

    The interpreter is not torn down: a thread of granian's that is still on its way to its end would meet it, and abort
    the process (exit code -6, seen once in some thousand ends).
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
