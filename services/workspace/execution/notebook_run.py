"""One notebook, from its first cell to its last."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from services.workspace.execution.cell_failure import CellFailed
from services.workspace.execution.context_file import write_context
from services.workspace.execution.executed_copy import ExecutedCopy
from services.workspace.execution.kernel_process import KernelProcess
from services.workspace.execution.notebook_client import NotebookCellsClient
from services.workspace.execution.user_process import ProcessDied
from services.workspace.notebooks.jupyter_copy import as_node, to_nbformat
from services.workspace.notebooks.notebook import Notebook
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome

_SESSION = '__import__("services.workspace.kernel.session", fromlist=["begin"])'

_SECONDS_TO_FINISH = 2.0
"""A notebook without streams needs less."""

_HIDDEN = {"cell_type": "code", "source": "", "metadata": {"execution": {}}, "outputs": []}


@dataclass
class NotebookRun:
    """One attempt at one notebook.

    Attributes:
        launch: What was asked for.
        notebook: What was found.
        report_position: Called with where it is ("cell 3 of 12").
        position: Where it is, in words.
    """

    launch: TaskLaunch
    notebook: Notebook
    report_position: Callable[[str], None]
    position: str = ""
    nodes: NotebookNode = field(init=False)
    copy: ExecutedCopy = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = to_nbformat(self.notebook)
        self.copy = ExecutedCopy(self.launch.folder, self.nodes)

    async def execute(self, kernel: KernelProcess, on_begun: Callable[[], None]) -> TaskOutcome:
        """Execute all cells; the copy on disk follows.

        Args:
            kernel: A fresh one, all for this run.
            on_begun: Called when the first cell is about to run, and the machine has a moment.
        """
        client = NotebookCellsClient(self.nodes, kernel)
        async with self.copy.kept(client):
            try:
                await kernel.wait_for(self._cells(client, on_begun))
            except CellFailed as failure:
                return self._failed(failure)
            except ProcessDied as death:
                return dead_kernel_outcome(death, self.position)
        return TaskOutcome(OutcomeStatus.SUCCESS)

    async def _cells(self, client: NotebookCellsClient, on_begun: Callable[[], None]) -> None:
        await self._begin(client)
        on_begun()
        cells = [
            (index, cell)
            for index, cell in enumerate(self.nodes.cells)
            if cell.cell_type == "code" and cell.source.strip()
        ]
        for number, (index, cell) in enumerate(cells, start=1):
            self._report(f"cell {number} of {len(cells)}")
            await client.execute_visible(cell, index)
            self.copy.save()
        if cells:
            await self._finish(client, *cells[-1])

    async def _begin(self, client: NotebookCellsClient) -> None:
        self._report("opening the Spark session")
        context = write_context(self.launch, self.notebook.file, self.notebook.path)
        folder = str(self.notebook.file.parent.resolve())
        code = f"__import__('os').chdir({folder!r}); {_SESSION}.begin({str(context)!r})"
        try:
            await client.execute_hidden(code, as_node(_HIDDEN), -1)
        except CellFailed as failure:
            raise _NotBegun(failure.name, failure.value, failure.traceback) from failure

    async def _finish(self, client: NotebookCellsClient, index: int, cell: NotebookNode) -> None:
        """Wait for the streams that the notebook began; what they say is shown below its last cell."""
        loop = asyncio.get_running_loop()
        reporting = loop.call_later(
            _SECONDS_TO_FINISH, self._report, "all cells done, its streams go on"
        )
        try:
            await client.execute_hidden(f"{_SESSION}.finish()", cell, index)
        finally:
            reporting.cancel()

    def _report(self, position: str) -> None:
        self.position = position
        self.report_position(position)

    def _failed(self, failure: CellFailed) -> TaskOutcome:
        if failure.exited:
            return TaskOutcome(OutcomeStatus.SUCCESS, exit_value=failure.value)
        lost = failure.spark_is_gone or isinstance(failure, _NotBegun)
        return TaskOutcome(
            OutcomeStatus.INTERNAL_ERROR if lost else OutcomeStatus.FAILED,
            message=f"{failure.message} ({self.position})" if lost else failure.message,
            error=failure.error,
            trace=failure.trace,
        )


class _NotBegun(CellFailed):
    """The session could not be opened: not the notebook's fault."""


def dead_kernel_outcome(death: ProcessDied, position: str) -> TaskOutcome:
    """A kernel died; the message says how and where."""
    message = f"the notebook's process {death} ({position})"
    error = f"{message}\n{death.log_tail}".strip()
    return TaskOutcome(OutcomeStatus.INTERNAL_ERROR, message=message, error=error, trace=error)
