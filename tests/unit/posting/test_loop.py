from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from services.posting.delivery import Delivery
from services.posting.destinations.destination import requests
from services.posting.loop import GivenUpError, Loop, TurnPoster
from services.posting.pace import Pace
from services.posting.retry import RetryPolicy
from services.posting.tally import Tally
from services.records.attempt import AttemptResult
from services.records.journal import JournalWriter, read_journal
from services.records.journal_line import ACKED, TopicAcked
from services.records.layer import Layer
from services.records.record import Record
from services.tables import PIN, TABLES
from tests.unit.posting.fakes import (
    Answer,
    FakeLog,
    FakeSource,
    drop,
    lose_answer,
    refuse_connection,
    reject,
)

SCRIPTS: dict[str, list[Answer]] = {
    "all is well": [],
    "crashes at once": [refuse_connection] * 5,
    "crashes now and then": [drop(0, 4), refuse_connection, drop(8), drop(0)],
    "answers one by one": [drop(*range(1, 10)), drop(*range(2, 10)), drop(3)],
}


class Run:
    """A loop over fakes, and what it reported."""

    def __init__(
        self, folder: Path, log: FakeLog, source: FakeSource | None = None, deadline: float = 60
    ) -> None:
        self.log = log
        self.stop = Event()
        self.path = folder / "run-0.jsonl"
        self.source = source or FakeSource()
        self.policy = RetryPolicy(deadline=deadline, base=0)
        self.done: list[int] = []
        self.tally = Tally()

    def __call__(self, turns: list[int], most: int = 10) -> None:
        with JournalWriter(self.path) as journal:
            delivery = Delivery(self.log, journal, self.policy, self.stop)
            with TurnPoster(self.source, [delivery]) as poster:
                pace = Pace(0, 0)
                Loop(pace, self.stop, poster.post, self.report).run(turns, most)

    def report(self, done: int, tally: Tally) -> None:
        self.done.append(done)
        self.tally = tally


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_record_is_acked_exactly_once(tmp_path: Path, script: list[Answer]) -> None:
    """Where no answer is lost, the log holds each row of each table once, whatever happens."""
    log = FakeLog(*script)
    run = Run(tmp_path, log)
    run(list(range(25)))
    expected = {(table, ind): 1 for table in TABLES for ind in range(25)}
    assert Counter((record.table, record.ind) for record in log.stored) == expected
    assert run.tally.total().acked == 75
    lines = [line for line in read_journal(run.path, Layer.BATCH) if isinstance(line, TopicAcked)]
    assert {line.offset: (line.table, line.ind) for line in lines} == {
        offset: (record.table.name, record.ind) for offset, record in enumerate(log.stored)
    }


def test_lost_answers_double_no_more_than_the_journal_allows(tmp_path: Path) -> None:
    """Acked ≤ log ≤ acked + unknown, for each record."""
    log = FakeLog(lose_answer, drop(1), lose_answer, lose_answer)
    run = Run(tmp_path, log)
    run(list(range(20)))
    total = run.tally.total()
    assert total.acked == 60
    assert total.acked < len(log.stored) <= total.acked + total.unknown


def test_each_table_gets_its_records_in_the_turns_order(tmp_path: Path) -> None:
    """One worker's log is the sequence, a row that comes twice included."""
    log = FakeLog()
    turns = [7, 3, 3, 9, 1, 7]
    Run(tmp_path, log)(turns, most=2)
    assert [record.ind for record in log.stored if record.table is PIN] == turns


def test_a_missing_row_is_counted_and_no_error(tmp_path: Path) -> None:
    """The other turns are posted."""
    run = Run(tmp_path, FakeLog(), FakeSource(2))
    run([1, 2, 3])
    total = run.tally.total()
    assert (total.posted, total.acked, total.missing, total.failed) == (6, 6, 3, 0)


def test_turns_that_are_all_missing_are_through(tmp_path: Path) -> None:
    """Nothing to post is not the same as nothing gets through."""
    run = Run(tmp_path, FakeLog())
    run([1000, 1001])
    assert run.tally.total().missing == 6


def test_the_loop_ends_after_the_step_under_way(tmp_path: Path) -> None:
    """Nothing is taken after the end is wanted, and what was taken is settled."""

    def interrupt(log: FakeLog, records: Sequence[Record]) -> list[AttemptResult]:
        run.stop.set()
        return [log.store(record) for record in records]

    run = Run(tmp_path, FakeLog(interrupt))
    run(list(range(50)), most=5)
    assert run.done == [5]
    assert run.tally.total().acked == 15


def test_a_rejected_record_does_not_end_the_run(tmp_path: Path) -> None:
    """It is counted with its cause, and the other turns follow."""
    run = Run(tmp_path, FakeLog(reject(0), reject(0), reject(0)))
    run([0, 1], most=1)
    assert run.tally.total().failed == 3
    assert run.tally.total().acked == 3
    assert run.tally.causes["HTTP 413: too large"].count == 3


def test_a_run_is_given_up_when_nothing_gets_through(tmp_path: Path) -> None:
    """Each further step would only wait for its own deadline."""
    run = Run(tmp_path, FakeLog(*[refuse_connection] * 20), deadline=-1)
    with pytest.raises(GivenUpError, match="Not one record"):
        run(list(range(50)), most=10)
    assert run.done == [10]


class Both:
    """A loop that feeds both layers."""

    def __init__(self, folder: Path, *logs: FakeLog, deadline: float = 60) -> None:
        self.folder, self.logs, self.deadline = folder, logs, deadline
        self.tally = Tally()

    def __call__(self, turns: Sequence[int], most: int = 10) -> None:
        stop, policy = Event(), RetryPolicy(deadline=self.deadline, base=0)
        with ExitStack() as opened:
            deliveries = [
                Delivery(log, opened.enter_context(JournalWriter(self.path(log))), policy, stop)
                for log in self.logs
            ]
            poster = opened.enter_context(TurnPoster(FakeSource(2), deliveries))
            Loop(Pace(0, 0), stop, poster.post, self.report).run(turns, most)

    def path(self, log: FakeLog) -> Path:
        return self.folder / log.layer / "run-0.jsonl"

    def report(self, _: int, tally: Tally) -> None:
        self.tally = tally


def test_every_turn_goes_to_both_layers(tmp_path: Path) -> None:
    """Each layer has its own retries, counts and journal, and the same records."""
    kafka, kinesis = FakeLog(drop(1)), FakeLog(lose_answer, layer=Layer.SPEED, most_records=3)
    run = Both(tmp_path, kafka, kinesis)
    run([5, 1, 2, 5, 9])
    expected = Counter({(table, ind): 1 for table in TABLES for ind in (1, 9)})
    expected.update({(table, 5): 2 for table in TABLES})
    assert Counter((record.table, record.ind) for record in kafka.stored) == expected
    assert expected < Counter((record.table, record.ind) for record in kinesis.stored)
    for log in (kafka, kinesis):
        total = run.tally.total(log.layer)
        assert (total.posted, total.acked, total.missing) == (12, 12, 3)
        acked = [line for line in read_journal(run.path(log), log.layer) if isinstance(line, ACKED)]
        assert len(acked) == 12
    assert run.tally.total(Layer.BATCH).unknown == 0
    assert run.tally.total(Layer.SPEED).unknown == 3


def test_a_run_is_given_up_when_nothing_gets_through_to_one_layer(tmp_path: Path) -> None:
    """The message names it; what the other layer took is counted."""
    kinesis = FakeLog(*[refuse_connection] * 20, layer=Layer.SPEED)
    run = Both(tmp_path, FakeLog(), kinesis, deadline=-1)
    with pytest.raises(GivenUpError, match="to Kinesis until"):
        run([0, 1, 3, 4], most=2)
    assert run.tally.total(Layer.BATCH).acked == 6
    assert run.tally.total(Layer.SPEED).failed == 6


def test_requests_are_cut_by_size_in_order() -> None:
    """A record larger than a request travels alone, and none is left out."""
    sizes = [10, 10, 100, 10, 30, 30]
    records = [Record(PIN, ind, b"x" * size) for ind, size in enumerate(sizes)]
    cut = [[record.ind for record in request] for request in requests(records, 100, 50)]
    assert cut == [[0, 1], [2], [3, 4], [5]]


def test_requests_are_cut_by_number_in_order() -> None:
    """Whichever limit is reached first ends a request."""
    records = [Record(PIN, ind, b"x" * 10) for ind in range(7)]
    cut = [[record.ind for record in request] for request in requests(records, 3, 10_000)]
    assert cut == [[0, 1, 2], [3, 4, 5], [6]]
