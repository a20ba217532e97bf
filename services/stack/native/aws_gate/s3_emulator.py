"""The AWS emulator with a gate before it: nobody sees it until its state is back.

The emulator (moto's server) keeps everything in memory and writes each request to a recording. After a
restart the recording is replayed; a client that came in the middle of that would find some objects and
not others, and its own requests would not be recorded. So the emulator listens on a private port, and
this process passes bytes from the public port only after the replay.

Kinesis has a server of its own behind the same port (`services.stack.native.aws_gate.dispatch`); that one
keeps its state by itself and may come and go: the gate does not wait for it.

The emulator is used by its command and its two documented addresses; nothing of it is imported.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from asyncio.subprocess import Process
from pathlib import Path
from typing import NamedTuple

import psutil
import urllib3

from services.checkout.environment import inherited
from services.free_ports import free_port
from services.settings import HOST
from services.stack.native.aws_gate.dispatch import CHUNK, dispatch
from services.stack.native.aws_gate.recording import compact

_POLL_SECONDS = 0.05


class Ports(NamedTuple):
    """Where the gate listens, and where it passes connections to: Kinesis, and the emulator."""

    public: int
    kinesis: int
    private: int


async def serve(port: int, kinesis: int, recording: Path) -> int:
    """Run the emulator and the gate until SIGTERM (returns 0) or until the emulator dies (returns 1)."""
    recording.parent.mkdir(parents=True, exist_ok=True)
    pidfile = recording.with_suffix(".pid")
    _end_orphan(pidfile)
    requests = compact(recording)
    private = free_port()
    emulator = await _start_emulator(private, recording)
    pidfile.write_text(str(emulator.pid), encoding="ascii")
    try:
        return await _open_gate(Ports(port, kinesis, private), emulator, requests)
    finally:
        with contextlib.suppress(ProcessLookupError):
            emulator.terminate()
        await emulator.wait()
        pidfile.unlink(missing_ok=True)


async def _open_gate(ports: Ports, emulator: Process, requests: int) -> int:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    dead, stopped = asyncio.ensure_future(emulator.wait()), asyncio.ensure_future(stop.wait())
    restored = asyncio.ensure_future(_restore(ports.private, requests))
    await asyncio.wait({dead, stopped, restored}, return_when=asyncio.FIRST_COMPLETED)
    if not (dead.done() or stopped.done()):
        restored.result()
        handler = dispatch(ports.kinesis, ports.private)
        gate = await asyncio.start_server(handler, HOST, ports.public, limit=CHUNK)
        _say(f"open on port {ports.public}")
        await asyncio.wait({dead, stopped}, return_when=asyncio.FIRST_COMPLETED)
        gate.close()
    if dead.done():
        _say(f"the emulator ended with code {dead.result()}")
        return 1
    return 0


async def _start_emulator(port: int, recording: Path) -> Process:
    environment = {
        **inherited(),
        "MOTO_ENABLE_RECORDING": "true",
        "MOTO_RECORDER_FILEPATH": str(recording),
    }
    command = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    return await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL
    )


async def _restore(port: int, requests: int) -> None:
    """Wait for the emulator, then have it replay its recording.

    The wait can be cancelled at any moment; a thread that retried could not.
    """
    while not await _listens(port):
        await asyncio.sleep(_POLL_SECONDS)
    if requests:
        await asyncio.to_thread(_replay, port, requests)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def _replay(port: int, requests: int) -> None:
    """Have the emulator repeat the recorded requests.

    Raises:
        RuntimeError: the emulator refused to.
    """
    started = time.monotonic()
    url = f"http://{HOST}:{port}/moto-api/recorder/replay-recording"
    answer = urllib3.request("POST", url, retries=False, timeout=None)
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
        raise RuntimeError(f"the replay of {requests} requests failed: {answer.data[:500]!r}")
    _say(f"replayed {requests} requests in {time.monotonic() - started:.1f} s")


def _end_orphan(pidfile: Path) -> None:
    """End the emulator of a gate that was killed: two must not write one recording."""
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int(pidfile.read_text(encoding="ascii")))
        if "moto.server" in process.cmdline():
            process.kill()
            process.wait(10)


def _say(line: str) -> None:
    sys.stderr.write(f"aws: {line}\n")
    sys.stderr.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m services.stack.native.aws_gate.s3_emulator", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kinesis-port", type=int, required=True)
    parser.add_argument("--recording", type=Path, required=True)
    arguments = parser.parse_args()
    return asyncio.run(serve(arguments.port, arguments.kinesis_port, arguments.recording))


if __name__ == "__main__":
    raise SystemExit(main())
