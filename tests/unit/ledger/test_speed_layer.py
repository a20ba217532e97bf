"""The speed layer's account: acked, Kinesis, table and quarantine, without any of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.ledger.finding import Fault
from services.ledger.offsets import offsets
from services.ledger.shard_records import by_shard
from services.ledger.speed_layer import stream_account
from services.ledger.stores.journals import JournalContents
from services.ledger.stores.kinesis_log import StreamContents
from services.ledger.stores.speed_lake import SpeedLake, SpeedRows
from services.records.ind import NO_IND
from services.records.journal_line import StreamAcked, StreamRejected, StreamUnknown

STREAM = "streaming-0a1b2c3d4e5f-pin"
SHARD = "shardId-000000000000"
BASE = 49_650_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000
"""56 digits, as AWS gives them."""
LANDED = "kinesis → speed + quarantine"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _number(n: int) -> str:
    return str(BASE + n)


def _acked(*inds: int) -> JournalContents:
    found = JournalContents()
    for n in inds:
        found.add(StreamAcked("pin", n, STREAM, SHARD, _number(n)))
    return found


def _rows(*inds: int, arrived: datetime = NOW) -> SpeedRows:
    return SpeedRows(
        np.array([SHARD] * len(inds), dtype=np.bytes_),
        np.array([_number(n) for n in inds], dtype=np.bytes_),
        np.array(inds, dtype=np.int64),
        np.array([arrived.replace(tzinfo=None)] * len(inds), dtype="datetime64[us]"),
    )


def _kinesis(inds: Sequence[int], horizon: datetime | None = None) -> StreamContents:
    numbers = [_number(n) for n in inds]
    return StreamContents(by_shard([SHARD] * len(inds), numbers, offsets(inds)), horizon)


def _lake(
    rows: SpeedRows, quarantine: SpeedRows | None = None, after: int | None = None
) -> SpeedLake:
    progress = {} if after is None else {SHARD: BASE + after}
    return SpeedLake(progress, quarantine or _rows(), rows)


def test_each_record_is_in_the_table_or_in_quarantine() -> None:
    """Counts in the order of the hops; unknown and rejected sends are told apart."""
    journal = _acked(0, 1, 2)
    journal.add(StreamUnknown("pin", 3, STREAM))
    journal.add(StreamRejected("pin", 4, STREAM, 400, "too large"))
    found = stream_account(STREAM, journal, _lake(_rows(0, 1), _rows(2), 2), _kinesis(range(3)))
    assert found.findings == []
    assert list(found.fields().items()) == [
        ("acked", 3),
        ("unknown", 1),
        ("rejected", 1),
        ("kinesis", 3),
        ("speed", 2),
        ("quarantined", 1),
        ("pending", 0),
        ("lost", 0),
        ("doubled", 0),
    ]


def test_nothing_at_all() -> None:
    """A layer that was never used: zeros."""
    found = stream_account(STREAM, JournalContents(), SpeedLake(), StreamContents())
    assert set(found.fields().values()) == {0}


@pytest.mark.parametrize(
    ("journal", "lake", "fault", "first", "where"),
    [
        (_acked(9), _lake(_rows(0, 1, 2), after=2), Fault.LOST, 9, "acked → kinesis"),
        (_acked(1, 1), _lake(_rows(0, 1, 2), after=2), Fault.LOST, 1, "acked twice"),
        (_acked(), _lake(_rows(0, 2), after=2), Fault.LOST, 1, LANDED),
        (_acked(), _lake(_rows(0, 1, 2), _rows(1), 2), Fault.DOUBLED, 1, LANDED),
        (_acked(), _lake(_rows(0, 1, 2, 2), after=2), Fault.DOUBLED, 2, LANDED),
        (_acked(), _lake(_rows(0, 1, 2, 3), after=2), Fault.DOUBLED, 3, LANDED),
    ],
)
def test_a_fault_is_told_by_shard_and_number(
    journal: JournalContents, lake: SpeedLake, fault: Fault, first: int, where: str
) -> None:
    """Lost on the way, in two tables, twice in one, and in no stream at all."""
    (found,) = stream_account(STREAM, journal, lake, _kinesis(range(3))).findings
    told = (found.fault, found.source.partition, found.first, found.where)
    assert told == (fault, SHARD, BASE + first, where)


def test_another_row_at_an_acked_number_is_a_loss() -> None:
    """Kinesis and the table must hold the very row that was acked."""
    other = StreamContents(by_shard([SHARD], [_number(1)], offsets([7])))
    found = stream_account(STREAM, _acked(1), _lake(_rows(1), after=1), other).findings
    assert [(f.fault, f.where) for f in found] == [
        (Fault.LOST, "acked ≠ kinesis"),
        (Fault.LOST, "speed ≠ kinesis"),
    ]


def test_what_lies_beyond_the_checkpoints_is_pending() -> None:
    """Also when its row is there already, and when no checkpoint knows the shard."""
    lake = _lake(_rows(0, 1), after=0)
    found = stream_account(STREAM, _acked(0, 1, 2), lake, _kinesis(range(3)))
    assert (found.findings, found.counts["pending"]) == ([], 2)
    found = stream_account(STREAM, _acked(0), _lake(_rows()), _kinesis(range(3)))
    assert (found.findings, found.counts["pending"]) == ([], 3)


def test_what_retention_has_trimmed_is_history() -> None:
    """Rows older than retention need not be in Kinesis, nor need what was acked before them."""
    lake = _lake(_rows(0, 1, 2, arrived=NOW - timedelta(days=2)), after=4)
    lake = SpeedLake(lake.after, _rows(3, 4), lake.rows)
    contents = _kinesis([3, 4], horizon=NOW - timedelta(days=1))
    assert stream_account(STREAM, _acked(0, 1, 2, 3, 4), lake, contents).findings == []


def test_a_closed_shard_that_is_gone_is_history() -> None:
    """Kinesis does not even list it any more."""
    lake = _lake(_rows(0, 1, arrived=NOW - timedelta(days=2)), after=1)
    contents = StreamContents(horizon=NOW - timedelta(days=1))
    assert stream_account(STREAM, _acked(0, 1), lake, contents).findings == []


def test_what_kinesis_lost_within_retention_is_no_history() -> None:
    """A shard whose beginning is gone, though the rows of it are young and nobody acked them: nobody trimmed that."""
    contents = _kinesis([2], horizon=NOW - timedelta(days=1))
    found = stream_account(STREAM, _acked(2), _lake(_rows(0, 1, 2), after=2), contents).findings
    assert [(f.fault, f.first, f.records) for f in found] == [(Fault.DOUBLED, BASE, 2)]
    young = _kinesis([2])
    (first,) = stream_account(STREAM, _acked(0), _lake(_rows(2), after=2), young).findings
    assert (first.fault, first.first) == (Fault.LOST, BASE)


def test_a_log_that_was_lost_takes_nothing_from_the_tables() -> None:
    """An empty new stream: what was acked and has landed is there; what was acked and has not is lost, by name."""
    lake = _lake(_rows(0, 1), _rows(2), 2)
    new = StreamContents({}, created=NOW + timedelta(hours=1))
    assert stream_account(STREAM, _acked(0, 1, 2), lake, new).findings == []
    (found,) = stream_account(STREAM, _acked(0, 1, 2, 3), lake, new).findings
    assert (found.fault, found.first, found.records) == (Fault.LOST, BASE + 3, 1)
    assert found.where == "acked → kinesis"


def test_rows_of_an_earlier_stream_are_history() -> None:
    """Nobody journalled them, and the stream that they came from is gone; rows since then must be in the new one."""
    new = StreamContents(by_shard([SHARD], [_number(9)], offsets([9])), created=NOW)
    old = _rows(0, 1, arrived=NOW - timedelta(hours=1))
    assert stream_account(STREAM, JournalContents(), _lake(old, after=1), new).findings == []
    (found,) = stream_account(STREAM, JournalContents(), _lake(_rows(0, 1), after=1), new).findings
    assert (found.fault, found.records) == (Fault.DOUBLED, 2)


def test_a_log_that_lost_its_end() -> None:
    """Records 2 and 5 were read and lost; 3 and 4 came after the restart, with numbers between them."""
    acked = _acked(0, 1, 2, 5, 3, 4)
    found = stream_account(STREAM, acked, _lake(_rows(0, 1, 2, 5), after=5), _kinesis([0, 1, 3, 4]))
    assert (found.findings, found.counts["pending"]) == ([], 2)
    found = stream_account(
        STREAM, acked, _lake(_rows(0, 1, 2, 5, 3, 4), after=4), _kinesis([0, 1, 3, 4])
    )
    assert (found.findings, found.counts["pending"]) == ([], 0)
    (lost,) = stream_account(
        STREAM, acked, _lake(_rows(0, 1, 2, 5, 4), after=4), _kinesis([0, 1, 3, 4])
    ).findings
    assert (lost.fault, lost.first, lost.where) == (Fault.LOST, BASE + 3, LANDED)


def test_another_row_in_the_table_than_the_one_that_the_log_lost() -> None:
    """Where the log cannot be asked any more, the journal says what must stand in the table."""
    sent = _rows(1)
    other = SpeedRows(sent.shards, sent.numbers, offsets([7]), sent.arrivals)
    lake = _lake(other, after=1)
    (found,) = stream_account(STREAM, _acked(1), lake, StreamContents()).findings
    assert (found.fault, found.where) == (Fault.LOST, "acked ≠ speed")


def _aggregate(*inds: int) -> StreamContents:
    """One Kinesis record, number 1, of several user records."""
    count = len(inds)
    contents = by_shard([SHARD] * count, [_number(1)] * count, np.array(inds))
    return StreamContents(contents)


def _landed(*inds: int) -> SpeedRows:
    """Rows that came in that record."""
    one = _rows(*[1] * len(inds))
    return SpeedRows(one.shards, one.numbers, np.array(inds, dtype=np.int64), one.arrivals)


def test_an_aggregated_record_is_as_many_as_it_holds() -> None:
    """User records that are no rows are in quarantine; each one counts."""
    contents = _aggregate(5, 6, NO_IND)
    lake = _lake(_landed(6, 5), _landed(NO_IND), 1)
    found = stream_account(STREAM, JournalContents(), lake, contents)
    assert (found.findings, found.counts["kinesis"], found.counts["pending"]) == ([], 3, 0)
    waiting = stream_account(STREAM, JournalContents(), _lake(_rows()), contents)
    assert (waiting.findings, waiting.counts["pending"]) == ([], 3)


@pytest.mark.parametrize(
    ("rows", "fault", "where"),
    [
        (_landed(5), Fault.LOST, LANDED),
        (_landed(5, 6, 6), Fault.DOUBLED, LANDED),
        (_landed(5, 5), Fault.LOST, "speed ≠ kinesis"),
    ],
)
def test_a_user_record_that_went_wrong(rows: SpeedRows, fault: Fault, where: str) -> None:
    """Not there, there twice, or another one in its place."""
    lake = _lake(rows, after=1)
    (found,) = stream_account(STREAM, JournalContents(), lake, _aggregate(5, 6)).findings
    assert (found.fault, found.where, found.first, found.records) == (fault, where, BASE + 1, 1)


def test_user_records_that_retention_has_trimmed_are_history() -> None:
    """Nobody knows any more how many they were; what was acked was one."""
    old = _landed(5, 6)
    old = SpeedRows(old.shards, old.numbers, old.inds, old.arrivals - np.timedelta64(2, "D"))
    contents = _kinesis([3], horizon=NOW - timedelta(days=1))
    lake = _lake(old, _rows(3), 3)
    assert stream_account(STREAM, JournalContents(), lake, contents).findings == []
    (found,) = stream_account(STREAM, _acked(1), _lake(_twice(), _rows(3), 3), contents).findings
    assert (found.fault, found.first) == (Fault.DOUBLED, BASE + 1)


def _twice() -> SpeedRows:
    return _rows(1, 1, arrived=NOW - timedelta(days=2))
