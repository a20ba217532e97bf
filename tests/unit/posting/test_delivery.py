from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest

from services.posting.delivery import Delivery
from services.posting.retry import RetryPolicy
from services.records.attempt import AttemptResult
from services.records.journal import JournalWriter, read_journal
from services.records.journal_line import (
    StreamAcked,
    StreamRejected,
    StreamUnknown,
    TopicAcked,
    TopicRejected,
    TopicUnknown,
)
from services.records.layer import Layer
from services.records.record import Record
from services.tables import PIN
from tests.unit.posting.fakes import (
    SHARD,
    FakeLog,
    drop,
    lose_answer,
    refuse_connection,
    reject,
)

RECORDS = [Record.of(PIN, ind, {"index": ind}) for ind in (3, 1, 2)]
FAST = RetryPolicy(deadline=60, base=0)


class Clock:
    """Moves on by a second with every look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalWriter]:
    """A new journal."""
    with JournalWriter(tmp_path / "run-0.jsonl") as journal:
        yield journal


def deliver(
    log: FakeLog, journal: JournalWriter, policy: RetryPolicy = FAST, stop: Event | None = None
) -> tuple[int, int, int]:
    """Returns how many were acked, failed and unknown."""
    tally = Delivery(log, journal, policy, stop or Event(), Clock()).deliver(RECORDS)
    counts = tally.of(log.layer, PIN)
    assert counts.posted == len(RECORDS)
    return counts.acked, counts.failed, counts.unknown


def outcomes(journal: JournalWriter, kind: type) -> list[int]:
    """Keys of the journal's lines of one kind."""
    return [line.ind for line in read_journal(journal.path, Layer.BATCH) if isinstance(line, kind)]


def test_acked_records_are_journalled_with_their_offsets(journal: JournalWriter) -> None:
    """The journal names each record's place in the log."""
    assert deliver(FakeLog(), journal) == (3, 0, 0)
    assert list(read_journal(journal.path, Layer.BATCH)) == [
        TopicAcked("pin", 3, "u.pin", 0, 0),
        TopicAcked("pin", 1, "u.pin", 0, 1),
        TopicAcked("pin", 2, "u.pin", 0, 2),
    ]


def test_a_streams_records_are_journalled_with_their_sequence_numbers(
    journal: JournalWriter,
) -> None:
    """Acked, unknown and rejected have the speed layer's shape."""
    log = FakeLog(lose_answer, reject(1), layer=Layer.SPEED)
    assert deliver(log, journal) == (2, 1, 3)
    lines = list(read_journal(journal.path, Layer.SPEED))
    assert lines[:3] == [StreamUnknown("pin", ind, "streaming-u-pin") for ind in (3, 1, 2)]
    assert lines[3:] == [
        StreamAcked("pin", 3, "streaming-u-pin", SHARD, "3"),
        StreamAcked("pin", 2, "streaming-u-pin", SHARD, "4"),
    ]


def test_a_streams_rejected_record_is_journalled(journal: JournalWriter) -> None:
    """It was sent once, and Kinesis does not want it."""
    deliver(FakeLog(reject(3, 1, 2), layer=Layer.SPEED), journal)
    rejected = StreamRejected("pin", 3, "streaming-u-pin", 413, "HTTP 413: too large")
    assert next(read_journal(journal.path, Layer.SPEED)) == rejected


def test_a_request_holds_no_more_records_than_its_destination_takes(
    journal: JournalWriter,
) -> None:
    """Each request is settled before the next is sent, so order is kept."""
    log = FakeLog(drop(1), most_records=2)
    assert deliver(log, journal) == (3, 0, 0)
    assert log.requests == [[3, 1], [1], [2]]


def test_only_the_failed_records_are_sent_again(journal: JournalWriter) -> None:
    """Acked neighbours count, and are in the log exactly once."""
    log = FakeLog(drop(1), drop(1))
    assert deliver(log, journal) == (3, 0, 0)
    assert log.requests == [[3, 1, 2], [1], [1]]
    assert Counter(record.ind for record in log.stored) == {1: 1, 2: 1, 3: 1}


def test_a_rejected_record_is_not_sent_again(journal: JournalWriter) -> None:
    """It fails at once with the server's status; its neighbours land."""
    log = FakeLog(reject(1))
    assert deliver(log, journal) == (2, 1, 0)
    assert log.requests == [[3, 1, 2]]
    rejected = [
        line for line in read_journal(journal.path, Layer.BATCH) if isinstance(line, TopicRejected)
    ]
    assert rejected == [TopicRejected("pin", 1, "u.pin", 413, "HTTP 413: too large")]


def test_a_lost_answer_is_journalled_before_the_record_is_sent_again(
    journal: JournalWriter,
) -> None:
    """The log may hold the record twice, and the journal allows for it."""

    def look(log: FakeLog, records: Sequence[Record]) -> list[AttemptResult]:
        assert outcomes(journal, TopicUnknown) == [3, 1, 2]
        return [log.store(record) for record in records]

    log = FakeLog(lose_answer, look)
    assert deliver(log, journal) == (3, 0, 3)
    assert outcomes(journal, TopicAcked) == [3, 1, 2]


def test_a_refused_connection_leaves_no_doubt(journal: JournalWriter) -> None:
    """Nothing was sent, so nothing is unknown; the records are acked later."""
    assert deliver(FakeLog(refuse_connection, refuse_connection), journal) == (3, 0, 0)
    assert outcomes(journal, TopicUnknown) == []


def test_after_the_deadline_records_are_given_up(journal: JournalWriter) -> None:
    """A record counts as failed when the time for it is over, with the last cause."""
    log = FakeLog(*[refuse_connection] * 100)
    assert deliver(log, journal, RetryPolicy(deadline=10, base=0)) == (0, 3, 0)
    assert 1 < len(log.requests) <= 10
    assert outcomes(journal, TopicRejected) == [3, 1, 2]


def test_when_nothing_gets_through_further_requests_do_not_wait_for_their_own_deadline(
    journal: JournalWriter,
) -> None:
    """Each is tried once, and patience returns with the first that gets through."""
    log = FakeLog(*[refuse_connection] * 100, most_records=1)
    assert deliver(log, journal, RetryPolicy(deadline=10, base=0)) == (0, 3, 0)
    assert log.requests.count([3]) > 1
    assert log.requests[-2:] == [[1], [2]]


def test_after_the_deadline_doubt_stays_doubt(journal: JournalWriter) -> None:
    """A record whose last answer was lost is not journalled as rejected."""
    log = FakeLog(*[lose_answer] * 100)
    acked, failed, unknown = deliver(log, journal, RetryPolicy(deadline=10, base=0))
    assert (acked, failed) == (0, 3)
    assert unknown == 3 * len(log.requests)
    assert outcomes(journal, TopicRejected) == []
    assert len(outcomes(journal, TopicUnknown)) == unknown


def test_a_record_in_doubt_is_never_journalled_as_rejected(journal: JournalWriter) -> None:
    """What an earlier send may have stored cannot be certainly unstored by a later one."""
    log = FakeLog(lose_answer, reject(1, 2))
    assert deliver(log, journal) == (1, 2, 3)
    assert outcomes(journal, TopicRejected) == []
    assert outcomes(journal, TopicUnknown) == [3, 1, 2]


def test_when_the_end_is_wanted_nothing_is_waited_for(journal: JournalWriter) -> None:
    """What fails then is given up, though it could be sent again."""
    stop = Event()
    stop.set()
    log = FakeLog(drop(1))
    assert deliver(log, journal, stop=stop) == (2, 1, 0)
    assert log.requests == [[3, 1, 2]]
