"""Serves the workspace on the loopback until it is told to stop."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from services.asgi import serve_until, stop_signal
from services.files import lock, private_folder
from services.listening import check_free
from services.settings import Settings
from services.workspace.app import open_workspace
from services.workspace.deferred_executor import StartableExecutor

log = logging.getLogger(__name__)


async def serve(settings: Settings, executor: StartableExecutor) -> None:
    """Serve until SIGTERM or SIGINT; then end what runs.

    Raises:
        OSError: see `services.listening`.
        BlockingIOError: another process has the state folder.
    """
    stopped = stop_signal()
    check_free(settings.listen_host, settings.workspace_port)
    with exclusive_state(settings.workspace_state):
        workspace = open_workspace(settings, executor)
        starting = asyncio.create_task(executor.start())
        starting.add_done_callback(_log_fault)
        try:
            await serve_until(stopped, workspace.app, settings.listen_host, settings.workspace_port)
        finally:
            starting.cancel()
            await workspace.close()
            await executor.close()


def _log_fault(starting: asyncio.Task[None]) -> None:
    if not starting.cancelled() and (fault := starting.exception()):
        log.error("the executor could not be prepared", exc_info=fault)


@contextlib.contextmanager
def exclusive_state(folder: Path) -> Iterator[None]:
    """Keep a second workspace out of the same state: it would take running kernels for leftovers.

    Raises:
        BlockingIOError: another process is in it.
    """
    with lock(private_folder(folder) / "lock", wait=False):
        yield
