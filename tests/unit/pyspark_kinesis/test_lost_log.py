"""A Kinesis that has lost its stream, or the stream's newest records, with `failOnLogLoss=false`.

LocalStack writes its streams to disk every few seconds. When it is killed, records may be gone that were read
before, and the next ones get numbers between those that were lost.
"""

import pytest

from spark_jobs.data_sources.pyspark_kinesis.errors import SourceError
from tests.unit.pyspark_kinesis.fake_kinesis import FakeKinesis
from tests.unit.pyspark_kinesis.reading import Offset, Query


@pytest.fixture
def fake() -> FakeKinesis:
    """A Kinesis without streams."""
    return FakeKinesis()


def _query(fake: FakeKinesis) -> Query:
    return Query(fake, failOnLogLoss="false")


def _read(fake: FakeKinesis, query: Query, *values: str) -> Offset:
    """Put and read values, a millisecond each; the offset behind them."""
    offset = query.starting_offset()
    for value in values:
        fake.now += 1
        fake.put("s", value)
    read, offset = query.drain(offset)
    assert sorted(read) == sorted(values)
    return offset


@pytest.mark.parametrize("restarted", [True, False])
def test_lost_end(fake: FakeKinesis, *, restarted: bool) -> None:
    """Records that were read and lost hold nobody up: what comes later is read once, though its numbers are lower."""
    fake.create("s")
    query = _query(fake)
    offset = _read(fake, query, "a", "b", "c", "d")
    fake.lose("s", "c", "d")
    fake.now += 1000
    fake.put("s", "e")
    numbers = [int(r["SequenceNumber"]) for r in fake.streams["s"].shards[0].records]
    assert numbers[-1] <= max(fake.lost)
    query = _query(fake) if restarted else query
    read, offset = query.drain(offset)
    assert read == ["e"]
    fake.put("s", "f")
    assert query.drain(offset)[0] == ["f"]


def test_lost_unread(fake: FakeKinesis) -> None:
    """Where only unread records are lost, reading goes on behind the last one."""
    fake.create("s")
    query = _query(fake)
    offset = _read(fake, query, "a")
    fake.put("s", "b")
    fake.lose("s", "b")
    fake.now += 1000
    fake.put("s", "c")
    assert query.drain(offset)[0] == ["c"]


def test_lost_end_fails_by_default(fake: FakeKinesis) -> None:
    """Without the option a number that is gone ends the query."""
    fake.create("s")
    offset = _read(fake, Query(fake), "a")
    fake.lose("s", "a")
    with pytest.raises(SourceError, match="does not know the position"):
        Query(fake).next(offset)


def test_stream_made_anew(fake: FakeKinesis) -> None:
    """Another stream of that name is read from its first record on, and nothing twice."""
    fake.create("s", 2)
    query = _query(fake)
    offset = _read(fake, query, "a", "b")
    fake.now += 60_000
    fake.create("s", 3)
    fake.put("s", "c", "d")
    query.pause(seconds=10)
    read, offset = query.drain(offset)
    assert sorted(read) == ["c", "d"]
    assert offset["streams"]["s"]["created"] == fake.now
    assert query.drain(offset)[0] == []


def test_stream_is_waited_for(fake: FakeKinesis) -> None:
    """A stream that is gone is waited for, and read when it is there; not for ever."""
    fake.create("s")
    query = _query(fake)
    offset = _read(fake, query, "a")
    del fake.streams["s"]
    assert query.drain(offset)[0] == []
    fake.now += 1000
    fake.create("s")
    fake.put("s", "b")
    query.pause(seconds=5)
    read, offset = query.drain(offset)
    assert read == ["b"]
    del fake.streams["s"]
    with pytest.raises(SourceError, match="could not be read for 60 s"):
        query.idle(offset)


def test_planned_batch_whose_end_is_lost(fake: FakeKinesis) -> None:
    """A batch is written again as far as it is left; later records are in the next one, whatever their numbers."""
    fake.create("s")
    start = _read(fake, _query(fake), "a")
    for value in ("b", "c"):
        fake.now += 1
        fake.put("s", value)
    _, end = _query(fake).drain(start)
    fake.lose("s", "c")
    fake.now += 1000
    fake.put("s", "d")
    assert _query(fake).between(start, end) == ["b"]
    assert _query(fake).drain(end)[0] == ["d"]


def test_planned_batch_of_a_stream_that_is_gone(fake: FakeKinesis) -> None:
    """A batch of the stream that was there before is empty; the new stream's first records follow it."""
    fake.create("s")
    start = _read(fake, _query(fake), "a")
    fake.put("s", "b")
    _, end = _query(fake).drain(start)
    fake.now += 1000
    fake.create("s")
    fake.put("s", "c")
    assert _query(fake).between(start, end) == []
    assert _query(fake).drain(end)[0] == ["c"]
