"""Serves the engine by granian, in this process, until SIGTERM; trims old records every 30 s.

One process and one event loop: two writes never meet, and `kill -9` leaves no process behind at the port.
"""

import asyncio
import logging

from services.asgi import serve_until, stop_signal
from services.http_guard import Allowed, Guarded
from services.kinesis.app import KinesisApp
from services.kinesis.engine import Engine
from services.kinesis.storage.damaged_file import DamagedFileError

log = logging.getLogger(__name__)

TRIM_SECONDS = 30.0


async def serve(engine: Engine, host: str, port: int, allowed: Allowed) -> None:
    """Serve an engine until SIGTERM or SIGINT.

    Raises:
        OSError: see `services.listening`.
    """
    stopped = stop_signal()
    trimming = asyncio.create_task(_trim_forever(engine))
    try:
        await serve_until(stopped, Guarded(KinesisApp(engine), allowed), host, port)
    finally:
        trimming.cancel()


async def _trim_forever(engine: Engine) -> None:
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        try:
            engine.trim()
        except (OSError, DamagedFileError):
            log.exception("old records could not be given up; the next attempt comes by itself")
