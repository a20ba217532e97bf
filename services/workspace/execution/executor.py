"""The task executor: notebooks in kernels, Python files as processes."""

import asyncio
import logging
from collections.abc import Callable

from services.settings import Settings
from services.workspace.execution.kernel_pool import KernelPool
from services.workspace.execution.kernel_process import KernelProcess
from services.workspace.execution.notebook_run import NotebookRun, dead_kernel_outcome
from services.workspace.execution.python_run import run_python
from services.workspace.execution.user_process import ProcessDied, write_pid
from services.workspace.notebooks.notebook import Notebook
from services.workspace.notebooks.notebook_errors import NotebookError, NotebookUnreadable
from services.workspace.notebooks.notebook_library import NotebookLibrary
from services.workspace.notebooks.notebook_reader import read_notebook
from services.workspace.orphan_sessions import end_orphans
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome

_SECONDS_TO_END = 3.0

log = logging.getLogger(__name__)


class Executor:
    """Executes attempts, many at once; see `services.workspace.task_executor.TaskExecutor`."""

    def __init__(self, settings: Settings, *, warm: bool = False) -> None:
        """Prepare; nothing is started yet.

        Args:
            settings: Where the notebooks lie, and the settings that kernels get.
            warm: Whether a kernel is kept in reserve, so that a notebook starts at once.
        """
        self._settings = settings
        self._warm = warm
        self._library = NotebookLibrary(settings.workspace_dir)
        self._pool = KernelPool(settings)
        self._retiring: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """End what a workspace that died left behind on Spark, and start the kernel in reserve."""
        await self._end_sessions()
        self._refill()

    async def close(self) -> None:
        """End the kernel in reserve, and wait for those that are ending."""
        await self._pool.close()
        await asyncio.gather(*self._retiring)

    async def run(self, launch: TaskLaunch, report_position: Callable[[str], None]) -> TaskOutcome:
        """Execute one attempt; cancelling it ends whatever was started for it, at once."""
        if launch.kind == "python":
            return await self._run_python(launch, report_position)
        try:
            notebook = await asyncio.to_thread(self._find, launch.path)
        except NotebookError as error:
            status = (
                OutcomeStatus.FAILED
                if isinstance(error, NotebookUnreadable)
                else OutcomeStatus.NOT_FOUND
            )
            return TaskOutcome(status, message=str(error), error=str(error), trace=str(error))
        return await self._run_notebook(NotebookRun(launch, notebook, report_position))

    async def _run_python(
        self, launch: TaskLaunch, report_position: Callable[[str], None]
    ) -> TaskOutcome:
        try:
            return await run_python(self._settings, launch, report_position)
        finally:
            await self._end_sessions()

    def _find(self, path: str) -> Notebook:
        return read_notebook(self._library.find(path))

    async def _run_notebook(self, run: NotebookRun) -> TaskOutcome:
        run.copy.save()
        run.report_position("starting")
        try:
            kernel = await self._pool.take()
        except ProcessDied as death:
            return dead_kernel_outcome(death, "at its start")
        try:
            write_pid(run.launch.folder, kernel.process.pid)
            outcome = await run.execute(kernel, self._refill)
        except BaseException:
            await self._retire(kernel)
            raise
        retiring = asyncio.create_task(self._retire(kernel, seconds=_SECONDS_TO_END))
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)
        return outcome

    async def _retire(self, kernel: KernelProcess, seconds: float = 0) -> None:
        """End a kernel, which may take some seconds to close what the notebook left open, and its session."""
        if seconds:
            await kernel.shut_down(seconds)
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
