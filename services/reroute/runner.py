"""One run: the door, the script, and what is left to say when both are done."""

import asyncio
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.asgi import embedded_server
from services.reroute import configuration
from services.reroute.account import Account
from services.reroute.door import Door
from services.reroute.ending import end_of, send
from services.reroute.forward import ANSWER_SECONDS, Forward
from services.reroute.injected.pincloud_reroute.stop import MARK
from services.reroute.limit import Limit
from services.reroute.script import Script
from services.settings import HOST, Settings

POLL_SECONDS = 0.02
READY_SECONDS = 15.0
CLOSE_SECONDS = 1.0


@dataclass(frozen=True)
class Wish:
    """How the user wants a script to run.

    Attributes:
        most: Acknowledged posts after which it ends; None for as long as it likes.
        fast: Its own sleeps end at once.
    """

    most: int | None = None
    fast: bool = False


async def run(
    settings: Settings, script: Script, wish: Wish, account: Account, inherited: Mapping[str, str]
) -> int:
    """Run the script to its end and return its exit code.

    Raises:
        OSError: it cannot be started.
    """
    enough = asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="pincloud-run-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), _free_port()
        limit = Limit(wish.most, lambda: _reached(folder, enough))
        forward = Forward(settings)
        door = Door(forward, account, limit)
        server = embedded_server(door, port)
        serving = asyncio.create_task(server.serve())
        await _until(lambda: serving.done() or _listens(port), READY_SECONDS)
        told = configuration.configuration(
            settings, script.path.parent, folder, port, fast=wish.fast
        )
        variables = configuration.environment(inherited, configuration.write(told))
        try:
            code = await _run(script, variables, enough)
            await _until(lambda: door.active == 0, ANSWER_SECONDS)
        finally:
            server.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait({serving}, timeout=CLOSE_SECONDS)
            forward.close()
            account.close()
    return code


async def _run(script: Script, variables: Mapping[str, str], enough: asyncio.Event) -> int:
    process = await asyncio.create_subprocess_exec(
        *script.command, cwd=script.path.parent, env=dict(variables)
    )
    loop = asyncio.get_running_loop()
    # A terminal sends Ctrl-C to the script too; SIGTERM comes to us alone.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    loop.add_signal_handler(signal.SIGTERM, send, process, signal.SIGTERM)
    return await end_of(process, enough)


def _reached(folder: Path, enough: asyncio.Event) -> None:
    """Leave the mark that the script's processes look for."""
    (folder / MARK).touch(mode=0o600)
    enough.set()


async def _until(condition: Callable[[], bool], within: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not condition() and loop.time() < deadline:
        await asyncio.sleep(POLL_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
