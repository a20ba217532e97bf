"""Serves a gateway by granian, in this process, until SIGTERM or SIGINT.

granian's embedded server is used and not its process manager: one process means that `kill -9`
leaves no worker behind that still holds the port.
"""

import asyncio
import logging
import signal

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from services.gateway.app import Gateway
from services.gateway.limits import Limits
from services.settings import HOST, Settings

log = logging.getLogger(__name__)


async def serve(settings: Settings, limits: Limits) -> int:
    """Serve until told to stop, then let accepted requests end.

    Returns:
        How many records were still out when the time to drain was over.
    """
    gateway = Gateway(settings, limits)
    await gateway.start()
    server = Server(
        gateway,
        address=HOST,
        port=settings.gateway_port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    log.info("listening on http://%s:%s", HOST, settings.gateway_port)
    await serving
    return await gateway.drain()
