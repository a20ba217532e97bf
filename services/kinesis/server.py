"""Serves an ASGI app on the loopback by granian, in this process, until it is told to stop.

One process and one event loop: two writes never meet, and `kill -9` leaves nobody behind at the port.
"""

import asyncio
import logging
import signal

from services.asgi import App, check_free, embedded_server
from services.kinesis.app import Kinesis
from services.kinesis.engine import Engine
from services.kinesis.errors import StorageError
from services.settings import HOST

log = logging.getLogger(__name__)

CLOSE_SECONDS = 0.5
"""For granian to close its connections; every answer that a client may have is written by then."""

FORGET_SECONDS = 30.0


async def serve(engine: Engine, port: int) -> None:
    """Serve an engine until SIGTERM or SIGINT.

    Raises:
        OSError: the port is taken.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    forgetting = asyncio.create_task(_forget_forever(engine))
    try:
        await serve_app(Kinesis(engine), port, stopped)
    finally:
        forgetting.cancel()


async def serve_app(app: App, port: int, stopped: asyncio.Event) -> None:
    """Serve any app until the event is set.

    Raises:
        OSError: the port is taken.
    """
    check_free(port)
    server = embedded_server(app, port)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopped.wait())
    log.info("listening on http://%s:%s", HOST, port)
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=CLOSE_SECONDS)


async def _forget_forever(engine: Engine) -> None:
    while True:
        await asyncio.sleep(FORGET_SECONDS)
        try:
            engine.forget()
        except (OSError, StorageError):
            log.exception("old records could not be given up; the next attempt comes by itself")
