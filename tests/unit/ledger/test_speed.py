"""The speed layer's account: acked, Kinesis, table and quarantine, without any of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.ledger.finding import Fault
from services.ledger.journal import Journalled
from services.ledger.kinesis_log import StreamContents
from services.ledger.offsets import offsets
from services.ledger.sequence import by_shard
from services.ledger.speed import account
from services.ledger.speed_lake import SpeedLake, SpeedRows
from services.posting.journal import StreamAcked, StreamRejected, StreamUnknown

STREAM = "streaming-0a1b2c3d4e5f-pin"
SHARD = "shardId-000000000000"
BASE = 49_650_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000
"""56 digits, as AWS gives them."""
LANDED = "kinesis → speed + quarantine"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _number(n: int) -> str:
    return str(BASE + n)


def _acked(*inds: int) -> Journalled:
    found = Journalled()
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


def _lake(rows: SpeedRows, aside: SpeedRows | None = None, after: int | None = None) -> SpeedLake:
    progress = {} if after is None else {SHARD: BASE + after}
    return SpeedLake(progress, aside or _rows(), rows)


def test_each_record_is_in_the_table_or_in_quarantine() -> None:
    """Counts in the order of the hops; unknown and rejected sends are told apart."""
    journalled = _acked(0, 1, 2)
    journalled.add(StreamUnknown("pin", 3, STREAM))
    journalled.add(StreamRejected("pin", 4, STREAM, 400, "too large"))
    found = account(STREAM, journalled, _lake(_rows(0, 1), _rows(2), 2), _kinesis(range(3)))
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
    found = account(STREAM, Journalled(), SpeedLake(), StreamContents())
    assert set(found.fields().values()) == {0}


@pytest.mark.parametrize(
    ("journalled", "lake", "fault", "first", "where"),
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
    journalled: Journalled, lake: SpeedLake, fault: Fault, first: int, where: str
) -> None:
    """Lost on the way, in two tables, twice in one, and in no stream at all."""
    (found,) = account(STREAM, journalled, lake, _kinesis(range(3))).findings
    told = (found.fault, found.place.part, found.first, found.where)
    assert told == (fault, SHARD, BASE + first, where)


def test_another_row_at_an_acked_number_is_a_loss() -> None:
    """Kinesis and the table must hold the very row that was acked."""
    other = StreamContents(by_shard([SHARD], [_number(1)], offsets([7])))
    found = account(STREAM, _acked(1), _lake(_rows(1), after=1), other).findings
    assert [(f.fault, f.where) for f in found] == [
        (Fault.LOST, "acked ≠ kinesis"),
        (Fault.LOST, "speed ≠ kinesis"),
    ]


def test_what_lies_beyond_the_checkpoints_is_pending() -> None:
    """Also when its row is there already, and when no checkpoint knows the shard."""
    lake = _lake(_rows(0, 1), after=0)
    found = account(STREAM, _acked(0, 1, 2), lake, _kinesis(range(3)))
    assert (found.findings, found.counts["pending"]) == ([], 2)
    found = account(STREAM, _acked(0), _lake(_rows()), _kinesis(range(3)))
    assert (found.findings, found.counts["pending"]) == ([], 3)


def test_what_retention_has_trimmed_is_history() -> None:
    """Rows older than retention need not be in Kinesis, nor need what was acked before them."""
    lake = _lake(_rows(0, 1, 2, arrived=NOW - timedelta(days=2)), after=4)
    lake = SpeedLake(lake.after, _rows(3, 4), lake.rows)
    contents = _kinesis([3, 4], horizon=NOW - timedelta(days=1))
    assert account(STREAM, _acked(0, 1, 2, 3, 4), lake, contents).findings == []


def test_a_closed_shard_that_is_gone_is_history() -> None:
    """Kinesis does not even list it any more."""
    lake = _lake(_rows(0, 1, arrived=NOW - timedelta(days=2)), after=1)
    contents = StreamContents(horizon=NOW - timedelta(days=1))
    assert account(STREAM, _acked(0, 1), lake, contents).findings == []


def test_what_kinesis_lost_within_retention_is_no_history() -> None:
    """A shard whose beginning is gone, though the rows of it are young: nobody trimmed that."""
    contents = _kinesis([2], horizon=NOW - timedelta(days=1))
    found = account(STREAM, _acked(0, 1, 2), _lake(_rows(0, 1, 2), after=2), contents).findings
    assert [(f.fault, f.first, f.records) for f in found] == [
        (Fault.LOST, BASE, 2),
        (Fault.DOUBLED, BASE, 2),
    ]
    young = _kinesis([2])
    (first,) = account(STREAM, _acked(0), _lake(_rows(2), after=2), young).findings
    assert (first.fault, first.first) == (Fault.LOST, BASE)
