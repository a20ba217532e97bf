"""The error of a failed cell: one line for Airflow, the whole traceback for people."""

import re
from collections.abc import Sequence

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_JVM = re.compile(r"\n\s*JVM stacktrace:.*", re.DOTALL)
_DBFS = re.compile(r"\bdbfs://[^/\s]*/")
_FRAME = re.compile(r'\s*File "(?P<file>[^"\n]*)", line \d+')
_FOREIGN = re.compile(r"site-packages|[\\/]lib[\\/]python3|^<frozen |services[\\/]workspace[\\/]")
_LINES = 20
_FRAMES = 6
_SPARK_IS_GONE = "SparkUnavailableError"

EXIT = "NotebookExit"
"""What `dbutils.notebook.exit` raises."""


class CellFailed(Exception):
    """A cell raised.

    Attributes:
        name: The exception's class.
        value: Its text.
        traceback: As the kernel sent it, frame by frame, with colours.
    """

    def __init__(self, name: str, value: str, traceback: Sequence[str]) -> None:
        super().__init__(name, value)
        self.name = name
        self.value = value
        self.traceback = traceback

    @property
    def exited(self) -> bool:
        """Whether the notebook ended itself, which is no failure."""
        return self.name == EXIT

    @property
    def spark_is_gone(self) -> bool:
        """Whether Spark died or lost the session: not the notebook's own fault."""
        return self.name == _SPARK_IS_GONE

    @property
    def message(self) -> str:
        """One line, such as `NameError: name 'x' is not defined`; py4j's errors say in their second what happened."""
        return self.text.replace("\n: ", " : ").partition("\n")[0]

    @property
    def text(self) -> str:
        """The exception's whole text, without Java's stack."""
        value = "\n".join(tidy(self.value).splitlines()[:_LINES])
        return f"{self.name}: {value}".rstrip(": ")

    @property
    def error(self) -> str:
        """The text and the notebook's own frames."""
        return "\n".join([self.text, *self._frames()])

    @property
    def trace(self) -> str:
        """The whole traceback as plain text."""
        return _DBFS.sub("dbfs:/", plain("\n".join(self.traceback)))

    def _frames(self) -> list[str]:
        frames = [plain(block).rstrip() for block in self.traceback]
        return [frame for frame in frames if _is_own(frame)][-_FRAMES:]


def plain(text: str) -> str:
    """Text without colours."""
    return _ANSI.sub("", text)


def tidy(text: str) -> str:
    """An error's text without Java's stack, with paths as notebooks write them."""
    return _DBFS.sub("dbfs:/", _JVM.sub("", plain(text))).strip()


def _is_own(frame: str) -> bool:
    """Whether it is a frame, and of the notebook or of the user's own modules."""
    place = _FRAME.match(frame)
    return place is not None and not _FOREIGN.search(place["file"])
