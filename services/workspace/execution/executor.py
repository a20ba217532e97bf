"""Carries out attempts at tasks: notebooks in kernels, Python files as processes."""

import asyncio
import logging
from collections.abc import Callable

from services.settings import Settings
from services.workspace.execution.notebook_run import NotebookRun, lost_kernel
from services.workspace.execution.pool import KernelPool
from services.workspace.execution.process import ProcessDied, write_pid
from services.workspace.execution.python_run import run_python
from services.workspace.execution.sessions import end_orphans
from services.workspace.launch import Ending, TaskLaunch, TaskOutcome
from services.workspace.notebooks.errors import NotebookError, NotebookUnreadable
from services.workspace.notebooks.library import Library
from services.workspace.notebooks.notebook import Notebook
from services.workspace.notebooks.reading import read

log = logging.getLogger(__name__)


class Executor:
    """Carries out attempts, many at once; see `services.workspace.launch.TaskExecutor`."""

    def __init__(self, settings: Settings, *, warm: bool = False) -> None:
        """Prepare; nothing is started yet.

        Args:
            settings: Where the notebooks lie, and the settings that kernels get.
            warm: Whether a kernel is kept in reserve, so that a notebook starts at once.
        """
        self._settings = settings
        self._warm = warm
        self._library = Library(settings.workspace_dir)
        self._pool = KernelPool(settings)

    async def start(self) -> None:
        """End what a workspace that died left behind on Spark, and start the kernel in reserve."""
        await self._end_sessions()
        self._refill()

    async def close(self) -> None:
        """End the kernel in reserve."""
        await self._pool.close()

    async def run(self, launch: TaskLaunch, say: Callable[[str], None]) -> TaskOutcome:
        """Carry out one attempt; cancelling it ends whatever was started for it, at once."""
        if launch.kind == "python":
            return await run_python(self._settings, launch, say)
        try:
            notebook = await asyncio.to_thread(self._find, launch.path)
        except NotebookError as error:
            ending = Ending.FAILED if isinstance(error, NotebookUnreadable) else Ending.NOT_FOUND
            return TaskOutcome(ending, message=str(error), error=str(error), trace=str(error))
        return await self._run_notebook(NotebookRun(launch, notebook, say))

    def _find(self, path: str) -> Notebook:
        return read(self._library.find(path))

    async def _run_notebook(self, run: NotebookRun) -> TaskOutcome:
        run.copy.save()
        run.say("starting")
        try:
            kernel = await self._pool.take()
        except ProcessDied as death:
            return lost_kernel(death, "at its start")
        try:
            write_pid(run.launch.folder, kernel.process.pid)
            return await run.execute(kernel, self._refill)
        finally:
            await kernel.close()
            await self._end_sessions()

    def _refill(self) -> None:
        if self._warm:
            self._pool.refill()

    async def _end_sessions(self) -> None:
        try:
            await asyncio.to_thread(end_orphans, self._settings)
        except OSError as error:
            log.warning("sessions of ended notebooks were not looked for: %s", error)
