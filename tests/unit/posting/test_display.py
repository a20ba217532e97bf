import io
import itertools
from pathlib import Path

import pytest

from services.posting.display import complain, progress, summarize
from services.posting.run_result import RunResult
from services.posting.tally import Tally
from services.records.layer import Layer
from services.tables import PIN
from services.terminal import Console
from services.terminal_text import one_line


def show(end: RunResult, *layers: Layer, width: int = 200) -> str:
    """Both parts of a run's end, as text."""
    text = io.StringIO()
    console = Console(file=text, width=width)
    summarize(console, end, layers, [Path("run-0.jsonl")])
    complain(console, end)
    return text.getvalue()


def account() -> RunResult:
    """A run that went wrong in every way."""
    tally = Tally()
    counts = tally.of(Layer.SPEED, PIN)
    counts.posted, counts.acked, counts.unknown, counts.failed, counts.missing = 10, 8, 3, 2, 1
    tally.blame(one_line("HTTP 500: [bold]\x1b[2J[/nonsense] 'x'"), "pin 7528", 2)
    return RunResult(
        tally,
        turns=20,
        undelivered=[5, 6],
        untaken=4,
        problems=["Worker 7 was killed by signal 9"],
        seconds=2.0,
    )


def test_the_summary_counts_every_turn_and_record() -> None:
    """Turns that were not delivered or not taken are no part of those that were."""
    text = show(account(), Layer.SPEED)
    assert "14 of 20 turns in 2.0 s, 4 records/s; journal: run-0.jsonl" in text
    assert ["speed", "pin", "10", "8", "3", "2", "1"] in [
        line.split() for line in text.splitlines()
    ]
    assert "4 turns were not taken" in text
    assert "3 sends are unknown" in text


def test_every_layer_has_a_row_for_each_table() -> None:
    """Also the tables of which nothing was posted; `all` adds both layers up."""
    tally = Tally()
    for layer, acked in ((Layer.BATCH, 7), (Layer.SPEED, 5)):
        tally.of(layer, PIN).acked = acked
    rows = [line.split() for line in show(RunResult(tally), *Layer).splitlines()]
    assert ["batch", "pin", "0", "7", "0", "0", "0"] in rows
    assert ["speed", "pin", "0", "5", "0", "0", "0"] in rows
    assert ["speed", "user", "0", "0", "0", "0", "0"] in rows
    assert ["all", "0", "12", "0", "0", "0"] in rows


def test_a_row_that_is_missing_is_one_row_for_both_layers() -> None:
    """It is one row of the source, whatever it was to be posted to."""
    tally = Tally()
    for layer in Layer:
        tally.of(layer, PIN).missing = 3
    assert "3 rows are not in the source" in show(RunResult(tally), *Layer)


def test_failures_are_told_by_cause() -> None:
    """Each cause comes with the number of records and the first one."""
    text = show(account())
    assert "2 records failed, the first one pin 7528: HTTP 500" in text
    assert "2 turns were not delivered: 5, 6" in text
    assert "Worker 7 was killed by signal 9." in text


def test_foreign_texts_are_no_markup_and_no_terminal_commands() -> None:
    """A server cannot colour the terminal, clear it, or crash the summary."""
    text = show(account())
    assert "[bold]" in text
    assert "[/nonsense]" in text
    assert "\x1b" not in text


def test_causes_are_bounded() -> None:
    """A server that invents a new text for every record does not fill the memory."""
    tally = Tally()
    for number in range(1000):
        tally.blame(f"cause {number}", "pin 1")
    assert len(tally.causes) < 30
    assert sum(cause.count for cause in tally.causes.values()) == 1000


def test_without_a_terminal_progress_is_a_line_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A log gets no control characters, and not a line for every step."""
    text = io.StringIO()
    monkeypatch.setattr("time.monotonic", itertools.count().__next__)
    with progress(Console(file=text, width=200), 20) as bar:
        for done in range(1, 21):
            bar(done, account().tally)
    lines = text.getvalue().splitlines()
    assert lines[0] == "5 of 20 turns · 2 records/s · 2 failed"
    assert len(lines) == 4
