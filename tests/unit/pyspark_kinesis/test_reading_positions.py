"""Where reading begins, and where `availableNow` ends."""

import json
from datetime import UTC, datetime

import pytest

from tests.unit.pyspark_kinesis.fake_kinesis import START, FakeKinesis
from tests.unit.pyspark_kinesis.reading import Query

FIRST = "shardId-000000000000"


@pytest.fixture
def fake() -> FakeKinesis:
    """A Kinesis without streams."""
    return FakeKinesis()


@pytest.mark.parametrize("shards", [1, 3])
def test_latest(fake: FakeKinesis, shards: int) -> None:
    """What was there before the query is not read, what comes after is: also within the same second."""
    fake.create("s", shards)
    fake.now = START + 400
    fake.put("s", "old-1", "old-2", "old-3", "old-4")
    query = Query(fake, initialPosition="LATEST")
    offset = query.starting_offset()
    fake.put("s", "new-1", "new-2")
    assert sorted(query.drain(offset)[0]) == ["new-1", "new-2"]


def test_latest_is_kept_over_a_restart(fake: FakeKinesis) -> None:
    """A query that stops before its first record reads what came meanwhile, and nothing older."""
    fake.create("s", 2)
    fake.put("s", "old")
    fake.now += 60_000
    offset = json.loads(json.dumps(Query(fake, initialPosition="latest").starting_offset()))
    fake.now += 60_000
    fake.put("s", "meanwhile-1", "meanwhile-2")
    got, _ = Query(fake, initialPosition="latest").drain(offset)
    assert sorted(got) == ["meanwhile-1", "meanwhile-2"]


def test_latest_skips_closed_shards(fake: FakeKinesis) -> None:
    """Closed shards have no later records, and their children do not wait for them."""
    fake.create("s", 1)
    fake.put("s", "parent")
    fake.split("s", FIRST)
    fake.put("s", "child")
    fake.now += 5000
    query = Query(fake, initialPosition="latest")
    offset = query.starting_offset()
    fake.put("s", "new")
    assert query.drain(offset)[0] == ["new"]


def test_at_timestamp_to_the_millisecond(fake: FakeKinesis) -> None:
    """Records that arrived earlier in the same second are left out, though clients may send whole seconds."""
    fake.create("s", 1)
    for milli in (100, 500, 501, 900):
        fake.now = START + milli
        fake.put("s", str(milli))
    query = Query(fake, initialPosition=json.dumps({"AT_TIMESTAMP": _iso(START + 501)}))
    offset = query.starting_offset()
    got, end = query.drain(offset)
    assert got == ["501", "900"]
    assert query.between(offset, end) == got


def test_at_timestamp_before_the_horizon(fake: FakeKinesis) -> None:
    """A time that retention has passed means the oldest record."""
    fake.create("s", 1)
    fake.put("s", "a")
    query = Query(fake, initialPosition=json.dumps({"at_timestamp": "2020-01-01"}))
    assert query.drain(query.starting_offset())[0] == ["a"]


def test_trim_horizon_with_a_resharded_stream(fake: FakeKinesis) -> None:
    """Everything that is still there is read, parents first."""
    fake.create("s", 1)
    fake.put("s", "a", "b")
    fake.split("s", FIRST)
    fake.put("s", "c", "d")
    query = Query(fake)
    got, _ = query.drain(query.starting_offset())
    assert got[:2] == ["a", "b"]
    assert sorted(got) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("initial", ["earliest", "latest"])
def test_fixed_end_while_records_keep_coming(fake: FakeKinesis, initial: str) -> None:
    """A run with availableNow reads what was there at its beginning, and ends."""
    fake.create("s", 4)
    old = [f"old-{n}" for n in range(30)]
    start = Query(fake, initialPosition=initial).starting_offset()
    fake.put("s", *old)
    query = Query(fake, maxRecordsPerTrigger="4")
    query.fetcher.stop_at_current_end()
    comings = iter(range(1000))
    fake.after_page = lambda: fake.put("s", f"new-{next(comings)}")
    got, end = query.drain(start)
    assert sorted(got) == sorted(old)
    again = Query(fake)
    fake.after_page = None
    again.fetcher.stop_at_current_end()
    rest, _ = again.drain(end)
    assert rest
    assert len(set(got + rest)) == len(got) + len(rest)


def test_fixed_end_with_empty_and_waiting_shards(fake: FakeKinesis) -> None:
    """Shards without records, and children of shards that are still to be read, hold nothing up."""
    fake.create("s", 3)
    fake.put("s", "a")
    fake.split("s", FIRST)
    fake.put("s", "b")
    query = Query(fake)
    query.fetcher.stop_at_current_end()
    assert sorted(query.drain(query.starting_offset())[0]) == ["a", "b"]


def test_split_after_the_end_was_fixed(fake: FakeKinesis) -> None:
    """Children that were born later have no part in the run, and are read whole by the next one."""
    fake.create("s", 1)
    fake.put("s", "a")
    query = Query(fake)
    query.fetcher.stop_at_current_end()
    fake.split("s", FIRST)
    fake.put("s", "b", "c")
    got, end = query.drain(query.starting_offset())
    assert got == ["a"]
    assert sorted(Query(fake).drain(end)[0]) == ["b", "c"]


def test_two_streams(fake: FakeKinesis) -> None:
    """One query reads several streams, whose shards have the same names."""
    fake.create("a", 2)
    fake.create("b", 2)
    fake.put("a", "of-a")
    fake.put("b", "of-b")
    query = Query(fake, streamName="a, b")
    assert sorted(query.drain(query.starting_offset())[0]) == ["of-a", "of-b"]


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat()
