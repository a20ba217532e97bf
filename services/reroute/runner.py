"""One run: the local proxy, the script, and its exit code when both are done."""

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from services.asgi import embedded_server
from services.files import private_folder
from services.free_ports import free_port
from services.reroute.configuration import environment, run_configuration, write
from services.reroute.display import say_offered, say_written
from services.reroute.errors import RerouteError
from services.reroute.forward import ANSWER_SECONDS, Forwarder
from services.reroute.injected.pincloud_reroute.credentials.writing import written
from services.reroute.injected.pincloud_reroute.stop import MARK
from services.reroute.limit import PostLimit
from services.reroute.local_proxy import LocalProxy
from services.reroute.missing_streams import MissingStreams
from services.reroute.own_requests import OwnRequests
from services.reroute.post_results import PostResults
from services.reroute.report.traces import read_traces
from services.reroute.script import Script
from services.reroute.script_end import send, wait_for_end
from services.reroute.variables import missing_variables
from services.settings import HOST, Settings
from services.terminal import Console

POLL_SECONDS = 0.02
READY_SECONDS = 15.0
CLOSE_SECONDS = 1.0


@dataclass(frozen=True)
class RunOptions:
    """How a script is to run.

    Attributes:
        most: Acknowledged posts after which it ends; None for as long as it likes.
        fast: Its own sleeps end at once.
        write: Its missing configuration files are written, and it ends before it reaches out.
    """

    most: int | None = None
    fast: bool = False
    write: bool = False


async def run(
    settings: Settings,
    script: Script,
    options: RunOptions,
    results: PostResults,
    inherited: Mapping[str, str],
) -> int:
    """Run the script to its end and return its exit code.

    Raises:
        RerouteError: the local proxy cannot be started.
        OSError: the script cannot be started.
    """
    limit_reached, root = asyncio.Event(), script.folder
    with _folder(settings) as folder:
        limit = PostLimit(options.most, lambda: _mark_limit(folder, limit_reached))
        async with _local_proxy(settings, results, limit) as port:
            configuration = run_configuration(settings, root, folder, port, fast=options.fast)
            offered, unknown = missing_variables(configuration, inherited)
            say_offered(Console(stderr=True), offered, unknown)
            more = replace(configuration, script=str(script.path), write=options.write)
            file = write(replace(more, offered=bool(offered)))
            code = await _run(script, environment({**inherited, **offered}, file), limit_reached)
            results.traces = read_traces(folder)
        if options.write:
            say_written(Console(stderr=True), written(folder), script.path)
        return code


@contextlib.contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """The run's own folder, which only the user can look into; it is gone afterwards."""
    runs = settings.state_dir / "reroute"
    private_folder(runs)
    with tempfile.TemporaryDirectory(prefix="run-", dir=runs, ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.asynccontextmanager
async def _local_proxy(
    settings: Settings, results: PostResults, limit: PostLimit
) -> AsyncIterator[int]:
    """Serve the proxy on a free port; at the end, wait for the responses that are still out."""
    port, forwarder = free_port(), Forwarder(settings)
    proxy = LocalProxy(forwarder, results, limit, MissingStreams(settings, forwarder))
    server = embedded_server(OwnRequests(proxy, settings), HOST, port)
    serving = asyncio.create_task(server.serve())
    try:
        await _until(lambda: serving.done() or _listens(port), READY_SECONDS)
        if not _listens(port):
            raise RerouteError(f"Nothing listens on port {port} of {HOST}. Run the command again.")
        yield port
        await _until(lambda: proxy.active == 0, ANSWER_SECONDS)
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait({serving}, timeout=CLOSE_SECONDS)
        forwarder.close()
        results.close()


async def _run(script: Script, variables: Mapping[str, str], limit_reached: asyncio.Event) -> int:
    process = await asyncio.create_subprocess_exec(
        *script.command, cwd=script.folder, env=dict(variables)
    )
    loop = asyncio.get_running_loop()
    # A terminal sends Ctrl-C to the script too; SIGTERM comes to us alone.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    loop.add_signal_handler(signal.SIGTERM, send, process, signal.SIGTERM)
    return await wait_for_end(process, limit_reached)


def _mark_limit(folder: Path, limit_reached: asyncio.Event) -> None:
    """Leave the mark that the script's processes look for."""
    (folder / MARK).touch(mode=0o600)
    limit_reached.set()


async def _until(condition: Callable[[], bool], within: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not condition() and loop.time() < deadline:
        await asyncio.sleep(POLL_SECONDS)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
