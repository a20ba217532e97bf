"""A progress bar for work that takes more than a second."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import Progress

_SHOW_AFTER = 1.0
"""Seconds before the bar appears."""


@contextmanager
def progress_bar(title: str, total: int, console: Console) -> Iterator[Callable[[int], None]]:
    """Show how much of `total` is done; the body is given a function that takes the amount."""
    bar = Progress(console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task(title, total=total)
    shown_from = monotonic() + _SHOW_AFTER

    def done(amount: int) -> None:
        bar.update(task, completed=amount)
        if monotonic() >= shown_from:
            bar.start()

    try:
        yield done
    finally:
        if bar.live.is_started:
            bar.stop()
