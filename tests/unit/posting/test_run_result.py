import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.posting.destinations.kafka_rest import KafkaRestDestination
from services.posting.destinations.kinesis_proxy import KinesisProxyDestination
from services.posting.retry import RetryPolicy
from services.posting.run_result import worker_result
from services.posting.tally import Tally
from services.posting.worker import Route, WorkerJob
from services.posting.worker_pool import Worker, WorkerState
from services.records.journal import JournalWriter
from services.records.journal_line import (
    JournalLine,
    StreamAcked,
    TopicAcked,
    TopicRejected,
    TopicUnknown,
)
from services.records.layer import Layer
from services.settings import Settings
from services.tables import PIN, TABLES

TURNS = [5, 6, 6, 7]
DEAD = "Worker 1 was killed by signal 9"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    """A worker that told of one turn (5) before it ended."""
    journal = tmp_path / "run-0.jsonl"
    routes = [Route(Layer.BATCH, KafkaRestDestination, journal)]
    job = WorkerJob(Settings(), routes, TURNS, 0, 0, 10, RetryPolicy())
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    told = Tally()
    for table in TABLES:
        counts = told.of(Layer.BATCH, table)
        counts.posted = counts.acked = 1
    worker = Worker(job, context.Process(), ours, done=1, tally=told, state=WorkerState.DEAD)
    with JournalWriter(journal) as lines:
        lines.write([acked(table.name, 5) for table in TABLES])
        worker.journaled = {Layer.BATCH: lines.position}
    with ours, theirs:
        yield worker


def acked(table: str, ind: int) -> TopicAcked:
    """An acked record."""
    return TopicAcked(table, ind, f"u.{table}", 0, ind)


def add(worker: Worker, *lines: JournalLine) -> None:
    """Let the worker journal what it did not live to tell."""
    folder = worker.job.routes[0].journal.parent
    with JournalWriter(folder / "rest") as rest:
        rest.write(lines)
    with worker.job.routes[0].journal.open("ab") as journal:
        journal.write((folder / "rest").read_bytes() + b'{"outcome":"acked","ta')


def test_turns_that_a_stopped_worker_did_not_take_are_no_failure(worker: Worker) -> None:
    """The user wanted it so."""
    worker.state = WorkerState.FINISHED
    mine = worker_result(worker)
    assert (mine.untaken, mine.undelivered, mine.failed) == (3, [], False)


def test_turns_of_a_dead_worker_have_failed(worker: Worker) -> None:
    """All records of the turns it left, named by their keys."""
    worker.problem = DEAD
    mine = worker_result(worker)
    assert mine.undelivered == [6, 6, 7]
    assert mine.tally.total().failed == 9
    assert mine.tally.causes[DEAD].count == 9
    assert mine.failed


def test_what_a_dead_worker_journalled_counts(worker: Worker) -> None:
    """Row 6 was drawn twice and delivered once; row 7 lacks a table; the torn line is nothing."""
    worker.problem = DEAD
    add(
        worker,
        *(acked(table.name, 6) for table in TABLES),
        TopicUnknown("pin", 7, "u.pin"),
        acked("pin", 7),
        TopicRejected("geo", 7, "u.geo", 413, "too large"),
    )
    mine = worker_result(worker)
    total = mine.tally.total()
    assert mine.undelivered == [6, 7]
    assert (total.acked, total.unknown) == (3 + 4, 1)
    assert total.failed == 1 + 4
    assert mine.tally.causes["too large"].first == "batch geo 7"


def test_a_turn_that_one_layer_lacks_was_not_delivered(worker: Worker, tmp_path: Path) -> None:
    """Row 6 is in all topics but in one stream only; both layers' counts and journals are read."""
    speed = Route(Layer.SPEED, KinesisProxyDestination, tmp_path / "speed-0.jsonl")
    worker.job = replace(worker.job, routes=[*worker.job.routes, speed], turns=[5, 6])
    worker.problem = DEAD
    add(worker, *(acked(table.name, 6) for table in TABLES))
    with JournalWriter(speed.journal) as journal:
        journal.write([StreamAcked("pin", 5, "s", "shardId-000000000000", "1")])
        worker.journaled = {**worker.journaled, Layer.SPEED: journal.position}
        journal.write([StreamAcked("pin", 6, "s", "shardId-000000000000", "2")])
    mine = worker_result(worker)
    assert mine.undelivered == [6]
    assert mine.tally.total(Layer.BATCH).acked == 6
    assert mine.tally.total(Layer.BATCH).failed == 0
    assert mine.tally.of(Layer.SPEED, PIN).acked == 1
    assert mine.tally.total(Layer.SPEED).failed == 2
    assert mine.tally.causes[DEAD].first == "speed geo 6"


def test_a_worker_that_made_no_journal_left_everything_undone(worker: Worker) -> None:
    """It died before its first step."""
    worker.problem = DEAD
    worker.done, worker.tally, worker.journaled = 0, Tally(), {}
    worker.job.routes[0].journal.unlink()
    mine = worker_result(worker)
    assert mine.undelivered == TURNS
    assert mine.tally.total().failed == 12
