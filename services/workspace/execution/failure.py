"""What a failed cell says, short for Airflow and whole for people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_JVM = re.compile(r"\n\s*JVM stacktrace:.*", re.DOTALL)
_DBFS = re.compile(r"\bdbfs://[^/\s]*/")
_FRAME = re.compile(r"^(?:Cell In\[|File )")
_ARROW = re.compile(r"^-+> ?\d+ ?(?P<code>.*)$", re.MULTILINE)
_FOREIGN = re.compile(r"site-packages|[\\/]lib[\\/]python3|<frozen |services[\\/]workspace[\\/]")
_LINES = 20
_SPARK_IS_GONE = ("INVALID_HANDLE.SESSION", "SESSION_CHANGED", "StatusCode.UNAVAILABLE")

EXIT = "NotebookExit"
"""What `dbutils.notebook.exit` raises."""


@dataclass(frozen=True)
class CellFailed(Exception):
    """A cell raised.

    Attributes:
        name: The exception's class.
        value: Its text.
        traceback: As the kernel sent it, frame by frame, with colours.
    """

    name: str
    value: str
    traceback: Sequence[str]

    @property
    def exited(self) -> bool:
        """Whether the notebook ended itself, which is no failure."""
        return self.name == EXIT

    @property
    def spark_is_gone(self) -> bool:
        """Whether Spark died or lost the session: not the notebook's own fault."""
        text = f"{self.name} {self.value}"
        return "Unavailable" in self.name or any(word in text for word in _SPARK_IS_GONE)

    @property
    def message(self) -> str:
        """One line, such as `NameError: name 'x' is not defined`."""
        return self.text.partition("\n")[0]

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
        blocks = (plain(block).strip() for block in self.traceback)
        return [line for block in blocks if _FRAME.match(block) for line in _frame(block)]


def plain(text: str) -> str:
    """Text without colours."""
    return _ANSI.sub("", text)


def tidy(text: str) -> str:
    """An error's text without Java's stack, with paths as notebooks write them."""
    return _DBFS.sub("dbfs:/", _JVM.sub("", plain(text))).strip()


def _frame(block: str) -> list[str]:
    place = block.partition("\n")[0]
    if _FOREIGN.search(place):
        return []
    code = _ARROW.search(block)
    return [f"  {place}", *([f"    {code['code'].strip()}"] if code else [])]
