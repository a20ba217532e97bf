"""What the stack's commands print: one line a service, plain text from logs kept plain."""

import time
from pathlib import Path
from threading import Lock

from rich.console import Console
from rich.text import Text

from services.terminal import plain
from services.terminal_text import escaped

_LINE_BYTES = 4096


class Report:
    """Prints the progress of one command; safe to call from several threads."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = Lock()
        self._started = time.monotonic()

    def elapsed(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._started

    def say(self, text: str, style: str = "") -> None:
        """A line of our own."""
        with self._lock:
            self._console.print(plain(text, style), soft_wrap=True)

    def line(self, name: str, word: str, detail: str = "", *, style: str = "green") -> None:
        """`  name   word   seconds   detail`."""
        text = Text.assemble(
            (escaped(f"  {name:<18}"), "bold"),
            (f"{word:<9}", style),
            f"{self.elapsed():6.1f} s  ",
            (escaped(detail), "dim"),
        )
        with self._lock:
            self._console.print(text, soft_wrap=True)


def tail(file: Path, lines: int) -> list[str]:
    """Last lines of a log file; empty when there is none."""
    try:
        with file.open("rb") as handle:
            handle.seek(0, 2)
            handle.seek(max(0, handle.tell() - lines * _LINE_BYTES))
            text = handle.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return text.splitlines()[-lines:] if lines > 0 else []


def last_line(file: Path) -> str:
    """The last line of a log file that says something."""
    return next(
        (line.strip() for line in reversed(tail(file, 20)) if line.strip()), "nothing in its log"
    )[:300]
