"""`!command`: IPython's own, in which `/dbfs/…` is DBFS."""

from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.utils import process
from IPython.utils.text import LSString, SList

from services.workspace.driver_files.installation import installed
from services.workspace.driver_files.shell_text import on_disk

_run: Any = getattr(process, "system")  # noqa: B009 - IPython's types leave both out
_output: Any = getattr(process, "getoutput")  # noqa: B009


class ShellCommands(ZMQInteractiveShell):
    """Runs commands of the machine's shell."""

    def system(self, cmd: str) -> None:
        """Run a command; what it writes is shown, its exit code is `_exit_code`.

        Raises:
            OSError: it is to run in the background.
        """
        with on_disk(self._expanded(cmd, 1), installed()) as known:
            self.user_ns["_exit_code"] = _run(known.text)

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:  # noqa: FBT001, FBT002 - IPython's own
        """Run a command; give what it writes, by lines or as one text.

        Raises:
            OSError: it is to run in the background.
        """
        with on_disk(self._expanded(cmd, depth + 1), installed()) as known:
            written = known.shown(_output(known.text))
        return SList(written.splitlines()) if split else LSString(written)

    def _expanded(self, cmd: str, depth: int) -> str:
        if cmd.rstrip().endswith("&"):
            raise OSError("A command of a cell cannot run in the background: leave out the &.")
        expand: Any = self.var_expand
        return str(expand(cmd, depth=depth + 1))
