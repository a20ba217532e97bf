"""The gate's process: old state moved, leftovers swept, s3proxy started, then the port opened."""

import asyncio
import logging
from dataclasses import dataclass

from services.asgi import stop_signal
from services.aws_gate.client_connection import CHUNK
from services.aws_gate.emulated_s3 import EmulatedS3
from services.aws_gate.gate import Backends, Gate
from services.aws_gate.migration.move import move_recording
from services.aws_gate.s3_requests import S3Requests
from services.aws_gate.s3proxy.layout import S3Layout
from services.aws_gate.s3proxy.leftovers import sweep, sweep_interrupted
from services.aws_gate.s3proxy.process import S3Proxy, end_orphan
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address
from services.files import private_folder
from services.http_guard import Allowed
from services.listening import binding

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GateOptions:
    """What the gate is told.

    Attributes:
        listen: Where clients come.
        kinesis: Where the Kinesis engine is; it may come and go.
        durable: Whether objects are flushed to the disk before their writers are answered.
        emulator: One that has both S3 and Kinesis, in the place of s3proxy and the engine.
    """

    listen: Address
    kinesis: Address
    layout: S3Layout
    keys: Keys
    allowed: Allowed
    durable: bool
    emulator: Address | None = None


async def serve(options: GateOptions) -> int:
    """Serve until SIGTERM (returns 0) or until s3proxy has ended (returns 1); an emulator may come and go.

    Raises:
        OSError: the port is taken, or the disk does not do.
        RuntimeError: s3proxy does not start.
    """
    stopped = stop_signal()
    if options.emulator:
        return await _serve_emulator(options, options.emulator, stopped)
    layout = options.layout
    private_folder(layout.data)
    await asyncio.to_thread(end_orphan, layout)
    await move_recording(layout, options.keys)
    if count := await asyncio.to_thread(sweep, layout.objects):
        log.info("deleted %d files of writes that were interrupted", count)
    server = await S3Proxy.start(layout, layout.objects, options.keys)
    try:
        return await _serve(options, server, stopped)
    finally:
        await server.stop()


async def _serve(options: GateOptions, server: S3Proxy, stopped: asyncio.Event) -> int:
    s3 = S3Requests(options.layout.objects, options.keys, options.durable)
    backends = Backends(server.address, options.kinesis)
    listener = await _open(options, Gate(backends, options.keys, options.allowed, s3))
    ended = asyncio.ensure_future(server.process.wait())
    waiting = asyncio.ensure_future(stopped.wait())
    await asyncio.wait({ended, waiting}, return_when=asyncio.FIRST_COMPLETED)
    listener.close()
    if not ended.done():
        return 0
    log.error("s3proxy ended with code %d", ended.result())
    sweep_interrupted(options.layout.objects, s3.unfinished())
    return 1


async def _serve_emulator(options: GateOptions, emulator: Address, stopped: asyncio.Event) -> int:
    s3 = EmulatedS3(options.keys)
    gate = Gate(Backends(emulator, emulator), options.keys, options.allowed, s3)
    listener = await _open(options, gate)
    await stopped.wait()
    listener.close()
    return 0


async def _open(options: GateOptions, gate: Gate) -> asyncio.Server:
    with binding(*options.listen):
        listener = await asyncio.start_server(
            gate.serve, *options.listen, limit=CHUNK, backlog=1024
        )
    log.info("open on port %d", options.listen.port)
    return listener
