"""What a person sees of a run: progress while it goes on, a summary at its end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from services.posting.run_result import RunResult
from services.posting.tally import Cause, Counts, Tally
from services.records.layer import Layer
from services.tables import TABLES
from services.terminal import Console, plain
from services.terminal_text import one_line

_LINE_SECONDS = 5.0
"""Between two lines, where no terminal can show a bar."""

_SHOWN_CAUSES = 5
_SHOWN_TURNS = 10
_COLUMNS = ("posted", "acked", "unknown", "failed", "missing")


class Show(Protocol):
    """Shows that so many turns are done, and what was counted in them."""

    def __call__(self, done: int, tally: Tally) -> None: ...


def say(console: Console, message: str, style: str = "") -> None:
    """Print a line; foreign texts in it are no markup and no terminal commands."""
    console.print(plain(message, style), soft_wrap=True)


@contextmanager
def progress(console: Console, turns: int) -> Iterator[Show]:
    """Show a bar on a terminal, else a line every few seconds."""
    if not console.is_terminal:
        yield _Lines(console, turns)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("turns · {task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Posting", total=turns, state="")
        began = time.monotonic()

        def show(done: int, tally: Tally) -> None:
            bar.update(task, completed=done, state=_state(tally, time.monotonic() - began))

        yield show


class _Lines:
    """Progress as lines, for logs."""

    def __init__(self, console: Console, turns: int) -> None:
        self._console = console
        self._turns = turns
        self._began = self._last = time.monotonic()

    def __call__(self, done: int, tally: Tally) -> None:
        now = time.monotonic()
        if now - self._last < _LINE_SECONDS:
            return
        self._last = now
        state = _state(tally, now - self._began)
        say(self._console, f"{done:,} of {self._turns:,} turns · {state}")


def _state(tally: Tally, seconds: float) -> str:
    total = tally.total()
    return f"{_rate(total, seconds)} · {total.failed:,} failed"


def _rate(total: Counts, seconds: float) -> str:
    return f"{total.acked / max(seconds, 0.001):,.0f} records/s"


def summarize(
    console: Console, result: RunResult, layers: Sequence[Layer], journals: Sequence[Path]
) -> None:
    """Print what became of all records, and where it is written down."""
    console.print(_grid(result.tally, layers))
    total = result.tally.total()
    done = result.turns - result.untaken - len(result.undelivered)
    say(
        console,
        f"{done:,} of {result.turns:,} turns in {result.seconds:.1f} s, {_rate(total, result.seconds)}; "
        f"journal: {', '.join(map(str, journals))}",
    )
    if result.untaken:
        say(console, f"Stopped on request; {result.untaken:,} turns were not taken.", "yellow")
    missing = max((result.tally.total(layer).missing for layer in layers), default=0)
    if missing:
        say(console, f"{missing:,} rows are not in the source; nothing was posted for them.")
    if total.unknown:
        say(
            console,
            f"{total.unknown:,} sends are unknown: no answer came that tells whether they were "
            "stored. The ledger allows for them.",
            "yellow",
        )


def _grid(tally: Tally, layers: Sequence[Layer]) -> Grid:
    """A row for each table of each layer, and one for all."""
    grid = Grid("layer", "table", box=box.SIMPLE)
    for column in _COLUMNS:
        grid.add_column(column, justify="right")
    for layer in layers:
        for table in TABLES:
            _add_row(grid, layer, table.name, tally.of(layer, table))
    _add_row(grid, "all", "", tally.total())
    return grid


def _add_row(grid: Grid, layer: str, table: str, counts: Counts) -> None:
    grid.add_row(layer, table, *(f"{getattr(counts, column):,}" for column in _COLUMNS))


def complain(console: Console, result: RunResult) -> None:
    """Print why records were not delivered, the commonest causes first."""
    for problem in result.problems:
        say(console, f"{one_line(problem)}.".replace("..", "."), "red")
    if result.undelivered:
        first = ", ".join(map(str, result.undelivered[:_SHOWN_TURNS]))
        more = ", …" if len(result.undelivered) > _SHOWN_TURNS else ""
        say(console, f"{len(result.undelivered):,} turns were not delivered: {first}{more}", "red")
    causes = sorted(result.tally.causes.items(), key=lambda item: -item[1].count)
    for text, cause in causes[:_SHOWN_CAUSES]:
        if text not in result.problems:
            say(console, _blame(text, cause), "red")
    if len(causes) > _SHOWN_CAUSES:
        say(console, f"… and {len(causes) - _SHOWN_CAUSES} more causes; the journal has all.")


def _blame(text: str, cause: Cause) -> str:
    records = "1 record" if cause.count == 1 else f"{cause.count:,} records"
    return f"{records} failed, the first one {cause.first}: {text}"
