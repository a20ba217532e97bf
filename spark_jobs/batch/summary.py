"""What a batch did, for people."""

from rich.console import Console
from rich.table import Table as Grid

from spark_jobs.batch.result import Batch, TableRun
from spark_jobs.batch.silver import Refined


def show(console: Console, batch: Batch) -> None:
    """Print one line a table, the reasons of what was quarantined, and the answers' state."""
    if batch.tables:
        console.print(_grid(batch.tables))
    for done in batch.tables:
        for reason, number in _quarantined(done).items():
            console.print(f"{done.table}: {number} quarantined: {reason}", markup=False)
    if batch.answers is not None:
        state = f"{batch.answers} refreshed" if batch.answers else "nothing to refresh"
        console.print(f"answers: {state}")


def _grid(runs: list[TableRun]) -> Grid:
    grid = Grid("table")
    for name in ("new objects", "new rows", "quarantined", "seconds"):
        grid.add_column(name, justify="right")
    for done in runs:
        refined = done.refined or Refined()
        bad = sum(refined.quarantined.values())
        numbers = (f"{n:,}" for n in (done.objects, refined.rows, bad))
        grid.add_row(done.table, *numbers, f"{done.seconds:.1f}")
    return grid


def _quarantined(done: TableRun) -> dict[str, int]:
    return done.refined.quarantined if done.refined else {}
