"""One run: the door, the script, and what is left to say when both are done."""

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from services.asgi import embedded_server
from services.free_port import free_port
from services.reroute.configuration import configuration, environment, write
from services.reroute.display import say_offered
from services.reroute.door import Door
from services.reroute.ending import end_of, send
from services.reroute.errors import RerouteError
from services.reroute.forward import ANSWER_SECONDS, Forward
from services.reroute.injected.pincloud_reroute.stop import MARK
from services.reroute.limit import Limit
from services.reroute.post_results import Account
from services.reroute.script import Script
from services.reroute.variables import missing
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
        RerouteError: the door cannot be opened.
        OSError: the script cannot be started.
    """
    enough, root = asyncio.Event(), script.path.parent
    with _folder(settings) as folder:
        limit = Limit(wish.most, lambda: _reached(folder, enough))
        async with _open_door(settings, account, limit) as port:
            told = configuration(settings, root, folder, port, fast=wish.fast)
            if offered := missing(told, inherited):
                say_offered(Console(stderr=True), offered)
            file = write(replace(told, offered=bool(offered)))
            return await _run(script, environment({**inherited, **offered}, file), enough)


@contextlib.contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """The run's own folder, which only the user can look into; it is gone afterwards."""
    runs = settings.state_dir / "reroute"
    runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=runs, ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.asynccontextmanager
async def _open_door(settings: Settings, account: Account, limit: Limit) -> AsyncIterator[int]:
    """Serve the door on a free port; at the end, wait for the answers that are still out."""
    port, forward = free_port(), Forward(settings)
    door = Door(forward, account, limit)
    server = embedded_server(door, HOST, port)
    serving = asyncio.create_task(server.serve())
    try:
        await _until(lambda: serving.done() or _listens(port), READY_SECONDS)
        if not _listens(port):
            raise RerouteError(f"Nothing listens on port {port} of {HOST}. Run the command again.")
        yield port
        await _until(lambda: door.active == 0, ANSWER_SECONDS)
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait({serving}, timeout=CLOSE_SECONDS)
        forward.close()
        account.close()


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


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
