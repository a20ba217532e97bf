"""The kernel: ipykernel, with a notebook's own shell and with secrets taken out of all that it sends."""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from traitlets import Bool, Type
from traitlets.config import Config

from services.workspace.kernel import session
from services.workspace.kernel.process.redaction import RedactingSession
from services.workspace.kernel.process.restart import PythonRestart
from services.workspace.kernel.shell.cell_compiler import CellCompiler, CellLocation, locate_cell
from services.workspace.kernel.shell.shell import NotebookShell
from services.workspace.kernel.shell.tracebacks import ErrorSummary, format_error
from services.workspace.kernel.spark.error_messages import SparkUnavailableError
from services.workspace.kernel.spark.spark_session import reopen_session


class NotebookKernel(IPythonKernel):
    """Executes cells; the executor's first one opens the Spark session, for a person the kernel does it itself."""

    shell: NotebookShell
    shell_class = Type(NotebookShell)
    compiler_class = Type(CellCompiler)

    async def do_execute(self, code: str, silent: bool, *args: Any, **options: Any) -> Any:  # noqa: FBT001 - ipykernel's own
        """Execute one cell."""
        if KernelApp.instance().interactive:
            _ensure_session(self.shell)
        with self.shell.compile.at(self._location(code, options.get("cell_meta") or {})):
            execute: Any = super().do_execute
            try:
                reply = await execute(code, silent, *args, **options)
            except Exception:  # ipykernel's own, over an error without a text; it was shown already
                reply = {"status": "error", "traceback": [], "payload": []}
        if reply["status"] == "error" and self.shell.last_error.name == PythonRestart.__name__:
            session.restart()
            return _done(reply)
        if reply["status"] == "error":
            reply["ename"], reply["evalue"] = self.shell.last_error
        return reply

    def _location(self, code: str, metadata: Mapping[str, Any]) -> CellLocation | None:
        """Where the cell stands, by what the executor sends along."""
        own, running = metadata.get("pincloud"), self.shell.running
        if not own or running is None:
            return None
        context = running.context
        return locate_cell(
            context.notebook_path, context.file, code, own["number"], own.get("line")
        )


class KernelApp(IPKernelApp):
    """ipykernel's application with our classes in their places."""

    kernel_class = Type(NotebookKernel)
    interactive = Bool(False)  # noqa: FBT003 - traitlets' own

    def _session_default(self) -> Session:
        return RedactingSession(parent=self)


def launch(arguments: Sequence[str], *, interactive: bool) -> None:
    """Serve until the client says shutdown; no history is kept, as it would hold secrets."""
    app: Any = KernelApp.instance(
        interactive=interactive,
        log_level=logging.ERROR,
        config=Config({"HistoryManager": {"enabled": False}}),
    )
    app.initialize(list(arguments))
    app.start()


def _ensure_session(shell: NotebookShell) -> None:
    """Begin for a person, and again after Spark was lost.

    Whatever prevents it, their cell is executed all the same, and the next one tries again: a kernel that raised
    here would leave them without an answer.
    """
    try:
        if shell.running is None:
            session.begin(None)
        elif shell.last_error.name == SparkUnavailableError.__name__:
            reopen_session(shell.running.spark, shell.running.settings, shell.running.context)
            shell.last_error = ErrorSummary("", "")
    except SparkUnavailableError as error:
        _warn(str(error))
    except Exception as error:  # a person must get an answer, see above
        _warn("\n".join([*format_error(error), "`spark` and `dbutils` could not be made."]))


def _done(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for a cell that ended as it was meant to."""
    kept = {"execution_count": reply.get("execution_count", 0), "payload": []}
    return {"status": "ok", "user_expressions": {}, **kept}


def _warn(text: str) -> None:
    """Before the cell's own output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
