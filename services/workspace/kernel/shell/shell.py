"""The notebook's shell: IPython's, with Databricks' magics and plain tracebacks."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any

from IPython.core.inputtransformer2 import leading_empty_lines
from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel.process.notebook_chain import NotebookExit
from services.workspace.kernel.process.restart import PythonRestart
from services.workspace.kernel.process.run_context import RunContext
from services.workspace.kernel.shell.cell_compiler import CellCompiler
from services.workspace.kernel.shell.input_transform import transform
from services.workspace.kernel.shell.shell_commands import ShellCommands
from services.workspace.kernel.shell.tracebacks import ErrorSummary, format_error, summarize

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


@dataclass(frozen=True)
class RunningNotebook:
    """The notebook that this process executes: what it has from its beginning to its end."""

    settings: Settings
    context: RunContext
    spark: SparkSession


class NotebookShell(ShellCommands):
    """Executes cells.

    Attributes:
        compile: Compiles a cell under the name of its location in the notebook.
        running: The notebook; None before `session.begin`.
        last_error: The last error's name and message; both empty before there is one.
        predefined: What cells find without having made it.
    """

    compile: CellCompiler
    running: RunningNotebook | None = None
    last_error: ErrorSummary = ErrorSummary("", "")
    predefined: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        warnings.filterwarnings("ignore", "To exit: use", UserWarning)  # after SystemExit
        cleanup = self.input_transformer_manager.cleanup_transforms
        cleanup.remove(leading_empty_lines)  # it would move every line number
        cleanup.insert(0, transform)

    def showtraceback(self, exc_tuple: Raised | None = None, *_: Any, **__: Any) -> None:
        """Send an error to the reader: of a `notebook.exit`, which is none, only its value."""
        error: BaseException = self._get_exc_info(exc_tuple)[1]  # type: ignore[no-untyped-call]
        self.last_error = summarize(error)
        if isinstance(error, PythonRestart):
            return
        exited = isinstance(error, NotebookExit)
        lines = [f"Notebook exited: {error}"] if exited else format_error(error, self._name)
        kind = type(self.last_error.name, (Exception,), {})
        self._showtraceback(kind, kind(self.last_error.message), lines)  # type: ignore[no-untyped-call]

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        """Send a syntax error like any other."""
        self.showtraceback()

    def show_usage_error(self, exc: BaseException) -> None:
        """Send the error of a magic like any other."""
        self.showtraceback((type(exc), exc, exc.__traceback__))

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Keep no traceback for the history: IPython's own way to make one takes seconds where frames are many."""
        name, text = self.last_error
        return {"ename": name, "evalue": text, "traceback": []}

    def ask_exit(self) -> None:
        """Make of `exit()` and `quit()` what they are in a program: the process serves the notebook on.

        Raises:
            SystemExit: always.
        """
        raise SystemExit("exit() ends the notebook; use dbutils.notebook.exit(value) for success.")

    def _name(self, filename: str) -> str:
        """`Cell In[3]` for a cell without a location of its own."""
        label = self.compile.format_code_name(filename)
        return " ".join(label) if label else filename
