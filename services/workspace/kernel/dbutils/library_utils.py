"""`dbutils.library`: a fresh Python for the next cells."""

from typing import Any, ClassVar

from IPython.core.getipython import get_ipython

from services.workspace.kernel.dbutils.help_texts import WithHelp
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.process.restart import PythonRestart


class LibraryUtils(WithHelp):
    """What notebooks call `dbutils.library`."""

    _part: ClassVar[str] = "library"

    def restartPython(self) -> None:
        """End the cell, and forget variables and modules; the Spark session and its views stay.

        Raises:
            PythonRestart: always in a notebook; a Python file that runs as a task goes on.
        """
        shell: Any = get_ipython()
        if shell is None:
            print_line("dbutils.library.restartPython(): nothing to restart in a Python file.")
            return
        raise PythonRestart
