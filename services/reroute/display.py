"""What a person sees of a run when it is over: posts by topic and stream, and why some failed."""

from collections.abc import Collection
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table as Grid

from services.reroute.injected.pincloud_reroute.credentials.file_text import BLANK
from services.reroute.post_results import PostCounts, PostResults
from services.reroute.report.diagnosis import diagnose
from services.reroute.report.other_users import of_other_users, of_shared_streams
from services.terminal import plain
from services.terminal_text import one_line

_SHOWN_CAUSES = 5


def summarize(console: Console, results: PostResults, user_id: str, code: int = 0) -> None:
    """How many posts were acknowledged, by topic and stream, why the others were not, and what to do next.

    Args:
        console: Where it is said.
        results: The run's posts.
        user_id: Whose lake commands speak of when they are told no other.
        code: The script's exit code.
    """
    if results.counts:
        _show_counts(console, results)
    else:
        console.print("pincloud: the script posted nothing to the gateway.", style="yellow")
    if not results.acked:
        for line in diagnose(results.exchanges, results.traces, failed=code != 0):
            _say(console, line, "yellow")
    records = {name: found.records for name, found in results.counts.items()}
    for line in (*of_other_users(records, user_id), *of_shared_streams(records, results.streams)):
        _say(console, line)


def _show_counts(console: Console, results: PostResults) -> None:
    grid = Grid("topic or stream", box=box.SIMPLE)
    for column in ("posts acked", "records", "failed"):
        grid.add_column(column, justify="right")
    for name, counts in sorted(results.counts.items()):
        grid.add_row(plain(one_line(name)), *_row(counts))
    console.print(grid)
    for name, counts in sorted(results.counts.items()):
        for cause, times in counts.failed.most_common(_SHOWN_CAUSES):
            text = f"{times} × {one_line(name)}: {cause}"
            console.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
    summary = f"pincloud: {results.acked:,} {'post' if results.acked == 1 else 'posts'} acked"
    if results.journals:
        summary += f"; for the ledger: {', '.join(map(str, results.journals))}"
    console.print(summary, markup=False, highlight=False, soft_wrap=True)


def _say(console: Console, line: str, style: str | None = None) -> None:
    text = f"pincloud: {line}"
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def say_refused(console: Console, results: PostResults) -> None:
    """Early, of a loop that would go on being refused."""
    _say(console, "the first posts were all refused:", "yellow")
    for line in diagnose(results.exchanges, results.traces):
        _say(console, line, "yellow")


def say_offered(console: Console, names: Collection[str], unknown: Collection[str]) -> None:
    """Which variables the script is given, and which it asks for in vain."""
    if names:
        summary = f"pincloud: not set and offered with local values: {one_line(', '.join(names))}"
        console.print(summary, markup=False, highlight=False, soft_wrap=True)
    if unknown:
        asked = one_line(", ".join(unknown))
        console.print(
            f"pincloud: not set, and not guessed: {asked}. Set what it needs: "
            f"{one_line(next(iter(unknown)))}=… make run SCRIPT=…",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip


def say_written(console: Console, count: int, script: Path) -> None:
    """What to do when missing configuration was to be written."""
    summary = (
        f"pincloud: edit what is marked {BLANK}, then: make run SCRIPT={script}"
        if count
        else "pincloud: the script looks for no configuration that is missing: nothing was written"
    )
    console.print(one_line(summary), markup=False, highlight=False, soft_wrap=True)


def say_packages(console: Console, line: str) -> None:
    """A line about what the script needs; names in it are the script's."""
    text = f"pincloud: {one_line(line)}"
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _row(counts: PostCounts) -> list[str]:
    return [f"{n:,}" for n in (counts.acked, counts.records, counts.failed.total())]
