"""`python -m services.workspace.execution.script_runner <context> <file> [argument …]`: a Python file, run as a task.

A file that speaks of Spark or of a notebook's names finds them, on a session such as a notebook has; its output is
kept free of secrets as a notebook's is. Its own folder comes first on the module path, as Python does it.
"""

import builtins
import re
import runpy
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

_WANTS_DBFS = re.compile(rb"/dbfs\b")
_WANTS_SPARK = re.compile(rb"\b(?:pyspark|spark|dbutils|display)\b")

Report = Callable[[BaseException], Iterable[str]]
"""An error → the lines that tell of it."""


class RedactedStream:
    """An output stream whose every text goes through a filter."""

    def __init__(self, stream: TextIO, redact: Any) -> None:
        self._stream = stream
        self._redact = redact

    def write(self, text: str) -> int:
        """Write a text without its secrets; say that all of it was written."""
        self._stream.write(self._redact(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def main(argv: Sequence[str]) -> int:
    """Run the file as Python would, and return its exit code."""
    context, file = argv[0], Path(argv[1])
    sys.argv = list(argv[1:])
    sys.path[0] = str(file.parent)
    report: Report = traceback.format_exception
    if _WANTS_SPARK.search(file.read_bytes()):
        report = _predefine(context)
    elif any(_WANTS_DBFS.search(neighbour.read_bytes()) for neighbour in file.parent.glob("*.py")):
        _show_dbfs()
    return _run(file, report)


def _predefine(context: str) -> Report:
    """Give every module the names that a notebook has; return how errors are told from then on."""
    from services.settings import load_settings  # noqa: PLC0415 - only a file that wants Spark waits
    from services.workspace.kernel.process.redaction import redactor  # noqa: PLC0415
    from services.workspace.kernel.process.run_context import read_context  # noqa: PLC0415
    from services.workspace.kernel.session import predefined  # noqa: PLC0415
    from services.workspace.kernel.shell.tracebacks import format_error  # noqa: PLC0415

    names = predefined(load_settings(), read_context(context))
    for stream in ("stdout", "stderr"):
        setattr(sys, stream, RedactedStream(getattr(sys, stream), redactor.text))
    for name, value in {**names, "display": _display}.items():
        setattr(builtins, name, value)
    return lambda error: (f"{text}\n" for text in format_error(error))


def _show_dbfs() -> None:
    from services.settings import load_settings  # noqa: PLC0415 - as above
    from services.workspace.driver_files.installation import install  # noqa: PLC0415

    install(load_settings())


def _display(value: Any = None, **_: Any) -> None:
    """Show a frame's first rows, or print: a log has no tables."""
    if value is None:
        return
    show = getattr(value, "show", None)
    if callable(show) and not getattr(value, "isStreaming", False):
        show()
    else:
        sys.stdout.write(f"{value}\n")


def _run(file: Path, report: Report) -> int:
    """Run it; a traceback begins at the file's own first frame, and `notebook.exit` is a success."""
    try:
        runpy.run_path(str(file), run_name="__main__")
    except Exception as error:
        trace = error.__traceback__
        while trace and trace.tb_frame.f_code.co_filename != str(file):
            trace = trace.tb_next
        sys.stderr.writelines(report(error.with_traceback(trace or error.__traceback__)))
        return 1
    except BaseException as error:
        if type(error).__name__ != "NotebookExit":
            raise
        sys.stdout.write(f"Notebook exited: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
