"""Serves the workspace on the loopback until it is told to stop."""

import asyncio
import contextlib
import fcntl
import logging
import signal
from collections.abc import Iterator
from pathlib import Path

from services.asgi import App, check_free, embedded_server
from services.settings import HOST, Settings
from services.workspace.app import open_workspace
from services.workspace.late_executor import LivingExecutor
from services.workspace.runs.files import private_folder

log = logging.getLogger(__name__)

_CLOSE_SECONDS = 0.5


async def serve(settings: Settings, executor: LivingExecutor) -> None:
    """Serve until SIGTERM or SIGINT; then end what runs.

    Raises:
        OSError: the port is taken.
        BlockingIOError: another process has the state folder.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    check_free(settings.workspace_port)
    with alone_in(settings.workspace_state):
        workspace = open_workspace(settings, executor)
        starting = asyncio.create_task(executor.start())
        starting.add_done_callback(_say_fault)
        try:
            await serve_app(workspace.app, settings.workspace_port, stopped)
        finally:
            starting.cancel()
            await workspace.close()
            await executor.close()


def _say_fault(starting: asyncio.Task[None]) -> None:
    if not starting.cancelled() and (fault := starting.exception()):
        log.error("the executor could not be prepared", exc_info=fault)


async def serve_app(app: App, port: int, stopped: asyncio.Event) -> None:
    """Serve any app until the event is set."""
    server = embedded_server(app, port)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopped.wait())
    log.info("listening on http://%s:%s", HOST, port)
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=_CLOSE_SECONDS)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep a second workspace out of the same state: it would take running kernels for leftovers.

    Raises:
        BlockingIOError: another process is in it.
    """
    with (private_folder(folder) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
