"""What a run says when it is over."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from services.reroute.post_results import Account, Counts
from services.terminal_text import one_line

_SHOWN_CAUSES = 5


def summarize(console: Console, account: Account) -> None:
    """How many posts were acknowledged, by topic and stream, and why the others were not."""
    if not account.counts:
        console.print("pincloud: the script posted nothing to the gateway.", style="yellow")
        return
    grid = Grid("topic or stream", box=box.SIMPLE)
    for column in ("posts acked", "records", "failed"):
        grid.add_column(column, justify="right")
    for name, counts in sorted(account.counts.items()):
        grid.add_row(escape(one_line(name)), *_row(counts))
    console.print(grid)
    for name, counts in sorted(account.counts.items()):
        for cause, times in counts.failed.most_common(_SHOWN_CAUSES):
            text = f"{times} × {one_line(name)}: {cause}"
            console.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
    told = f"pincloud: {account.acked:,} {'post' if account.acked == 1 else 'posts'} acked"
    if account.journals:
        told += f"; for the ledger: {', '.join(map(str, account.journals))}"
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def say_offered(console: Console, names: Iterable[str]) -> None:
    """Which variables the script is given."""
    told = f"pincloud: not set and offered with local values: {one_line(', '.join(names))}"
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def _row(counts: Counts) -> list[str]:
    return [f"{n:,}" for n in (counts.acked, counts.records, counts.failed.total())]
