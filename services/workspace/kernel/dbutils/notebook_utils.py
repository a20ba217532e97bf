"""`dbutils.notebook`: leaving a notebook, and running another as a run of its own."""

from collections.abc import Mapping
from typing import ClassVar, NoReturn

from services.settings import Settings
from services.workspace.kernel.dbutils.child_run import ChildRun
from services.workspace.kernel.dbutils.entry_point import EntryPoint, NotebookContext
from services.workspace.kernel.dbutils.help_texts import WithHelp
from services.workspace.kernel.process.notebook_chain import NotebookChain, NotebookExit
from services.workspace.kernel.process.run_context import RunContext


class NotebookUtils(WithHelp):
    """What notebooks call `dbutils.notebook`."""

    _part: ClassVar[str] = "notebook"

    def __init__(self, settings: Settings, context: RunContext, chain: NotebookChain) -> None:
        self._settings = settings
        self._context = context
        self._chain = chain

    def exit(self, value: object = "") -> NoReturn:
        """End the whole notebook, as a success.

        Raises:
            NotebookExit: always.
        """
        raise NotebookExit(str(value))

    def run(
        self,
        path: str,
        timeout_seconds: int = 0,
        arguments: Mapping[str, object] | None = None,
    ) -> str | None:
        """Run a notebook as a run of its own, wait for it, and return what it exited with.

        Args:
            path: Absolute, or relative to this notebook's folder.
            timeout_seconds: The run is ended after so long; 0 means never.
            arguments: What its widgets get.

        Returns:
            The value of its `dbutils.notebook.exit`; None when it never called it.

        Raises:
            WorkflowError: it failed, was cancelled or took too long; the message carries its own error.
        """
        run = ChildRun(self._settings, self._context, self._chain.absolute(path))
        return run.result(int(timeout_seconds), arguments or {})

    def getContext(self) -> NotebookContext:
        """What this notebook is and what runs it."""
        return NotebookContext(self._settings, self._context, self._chain)

    @property
    def entry_point(self) -> EntryPoint:
        """The way to the context that notebooks took through the JVM."""
        return EntryPoint(self.getContext)
