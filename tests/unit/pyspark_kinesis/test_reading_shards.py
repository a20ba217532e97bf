"""Reading: each record once, whatever happens to shards, iterators and connections."""

import pytest
from botocore.exceptions import EndpointConnectionError

from spark_jobs.data_sources.pyspark_kinesis.errors import DataLossError, SourceError
from tests.unit.pyspark_kinesis.fake_kinesis import HOUR, START, FakeKinesis, error
from tests.unit.pyspark_kinesis.reading import Offset, Query

FIRST, SECOND = "shardId-000000000000", "shardId-000000000001"


@pytest.fixture
def fake() -> FakeKinesis:
    """A Kinesis without streams."""
    return FakeKinesis()


def values(count: int, start: int = 0) -> list[str]:
    """Texts that are all different."""
    return [f"value-{n}" for n in range(start, start + count)]


@pytest.mark.parametrize("ends_with_null", [True, False])
def test_split_and_merge_in_mid_stream(fake: FakeKinesis, *, ends_with_null: bool) -> None:
    """Each record comes once and parents before children, whether shards end by a null iterator or by their number."""
    fake.ends_with_null = ends_with_null
    fake.create("s", 2)
    query = Query(fake, maxRecordsPerTrigger="7")
    fake.put("s", *values(50))
    got, offset = query.next(query.starting_offset())
    fake.split("s", FIRST)
    fake.put("s", *values(50, 50))
    fake.merge("s", "shardId-000000000002", "shardId-000000000003")
    fake.put("s", *values(50, 100))
    rest, offset = query.drain(offset)
    order = {value: place for place, value in enumerate(got + rest)}
    assert sorted(got + rest) == sorted(values(150))
    for child in fake.streams["s"].shards:
        for parent in (p for p in fake.streams["s"].shards if p.name in child.parents):
            last = max((order[r["PartitionKey"]] for r in parent.records), default=-1)
            assert all(order[r["PartitionKey"]] > last for r in child.records)
    closed = {name for name, at in offset["streams"]["s"]["shards"].items() if at["closed"]}
    assert closed == {FIRST, "shardId-000000000002", "shardId-000000000003"}


def test_child_of_merge_waits_for_both_parents(fake: FakeKinesis) -> None:
    """A merged shard is not read while one parent still has records."""
    fake.create("s", 2)
    fake.put("s", *values(40))
    query = Query(fake, maxRecordsPerTrigger="5")
    fake.merge("s", FIRST, SECOND)
    fake.put("s", "child")
    batches = [got for got, _ in query.batches(query.starting_offset())]
    assert [value for got in batches for value in got][-1] == "child"
    assert sum(map(len, batches)) == 41


def test_expired_shard_that_was_read_is_dropped(fake: FakeKinesis) -> None:
    """A closed shard leaves the offset when Kinesis no longer lists it."""
    fake.create("s", 1)
    fake.put("s", "a")
    query = Query(fake, shardFetchInterval="0ms")
    fake.split("s", FIRST)
    _, offset = query.drain(query.starting_offset())
    assert FIRST in offset["streams"]["s"]["shards"]
    del fake.streams["s"].shards[0]
    _, offset = query.drain(offset)
    assert FIRST not in offset["streams"]["s"]["shards"]


def test_expired_shard_that_was_not_read(fake: FakeKinesis) -> None:
    """A shard that expires with unread records fails the query, which names it."""
    fake.create("s", 1)
    query = Query(fake, shardFetchInterval="0ms")
    offset = query.starting_offset()
    fake.put("s", "a")
    fake.split("s", FIRST)
    del fake.streams["s"].shards[0]
    with pytest.raises(DataLossError, match=FIRST):
        query.next(offset)
    _, offset = Query(fake, failOnDataLoss="false").drain(offset)
    assert FIRST not in offset["streams"]["s"]["shards"]


def test_batches_are_bounded(fake: FakeKinesis) -> None:
    """A backlog is taken in batches of at most maxRecordsPerTrigger."""
    fake.create("s", 4)
    fake.put("s", *values(400))
    query = Query(fake, maxRecordsPerTrigger="30")
    sizes = [len(got) for got, _ in query.batches(query.starting_offset())]
    assert max(sizes) == 30
    assert sum(sizes) == 400


def test_every_shard_gets_its_turn(fake: FakeKinesis) -> None:
    """A shard with a backlog that fills every batch does not keep the others waiting."""
    fake.create("s", 3)
    fake.put("s", *values(300))
    query = Query(fake, maxRecordsPerTrigger="10")
    offset = query.starting_offset()
    for _ in range(3):
        query.pause(seconds=1)
        _, offset = query.next(offset)
    assert all(at["after"] for at in offset["streams"]["s"]["shards"].values())


def test_batch_is_bounded_in_bytes(fake: FakeKinesis) -> None:
    """A batch that holds fetchBufferSize takes no further page."""
    fake.create("s", 1)
    fake.put("s", *values(50))
    fake.limit = 10
    query = Query(fake, fetchBufferSize="1b")
    assert [len(got) for got, _ in query.batches(query.starting_offset())] == [10] * 5


def test_iterator_expires(fake: FakeKinesis) -> None:
    """A new iterator goes on behind the last record."""
    fake.create("s", 1)
    fake.put("s", *values(10))
    query = Query(fake, maxRecordsPerTrigger="4")
    got, offset = query.next(query.starting_offset())
    fake.expire_iterators()
    rest, _ = query.drain(offset)
    assert got + rest == values(10)


@pytest.mark.parametrize(
    "fault",
    [
        error("ProvisionedThroughputExceededException", "get_records"),
        error("InternalFailure", "get_records", 500),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
)
@pytest.mark.parametrize(
    "operation", ["get_records", "get_shard_iterator", "list_shards", "describe_stream_summary"]
)
def test_trouble_passes(fake: FakeKinesis, operation: str, fault: Exception) -> None:
    """Throttling, faults of the server and lost connections delay records, and lose none."""
    fake.create("s", 2)
    fake.put("s", *values(20))
    fake.faults[operation] = [fault] * 5
    query = Query(fake, maxRecordsPerTrigger="6")
    got, _ = query.drain(query.starting_offset())
    assert sorted(got) == sorted(values(20))
    assert not fake.faults[operation]


def test_trouble_lasts(fake: FakeKinesis) -> None:
    """After retryTimeout the query fails, and says which shard and what to do."""
    fake.create("s", 1)
    query = Query(fake, retryTimeout="30s")
    offset = query.starting_offset()
    fake.faults["get_records"] = [error("InternalFailure", "get_records", 500)] * 1000
    with pytest.raises(SourceError, match=r"s, shardId-000000000000 could not be read for 30 s"):
        query.idle(offset)


def test_trouble_with_one_shard(fake: FakeKinesis) -> None:
    """The other shards are read on meanwhile."""
    fake.create("s", 2)
    fake.put("s", *values(20))
    query = Query(fake)
    offset = query.starting_offset()
    fake.faults["get_records"] = [error("ProvisionedThroughputExceededException", "get_records")]
    got, offset = query.next(offset)
    assert 0 < len(got) < 20
    rest, _ = query.drain(offset)
    assert sorted(got + rest) == sorted(values(20))


def test_planned_batch_again(fake: FakeKinesis) -> None:
    """A new process reads exactly the records between two offsets, though more have come and the shards were split."""
    fake.create("s", 2)
    fake.put("s", *values(60))
    query = Query(fake, maxRecordsPerTrigger="25")
    start = query.starting_offset()
    steps: list[tuple[Offset, list[str], Offset]] = [(start, [], start)]
    for got, end in query.batches(start):
        steps.append((start, got, end))
        start = end
    fake.split("s", FIRST)
    fake.put("s", *values(60, 60))
    for begin, got, end in steps:
        assert sorted(Query(fake).between(begin, end)) == sorted(got)


def test_first_batch_again(fake: FakeKinesis) -> None:
    """The batch that only fixed the positions has no rows when it is run again."""
    fake.create("s", 1)
    query = Query(fake)
    end = query.starting_offset()
    fake.put("s", "a")
    assert query.between({"streams": {}}, end) == []


def test_planned_batch_was_deleted(fake: FakeKinesis) -> None:
    """A planned batch whose records are gone is an error, not a smaller batch."""
    fake.create("s", 1)
    fake.put("s", "a", "b")
    query = Query(fake)
    start = query.starting_offset()
    _, end = query.next(start)
    fake.trim(START + 1)
    with pytest.raises(DataLossError, match="failOnDataLoss"):
        query.between(start, end)


def test_unread_records_were_deleted(fake: FakeKinesis) -> None:
    """Records that retention took from a stream in use before they were read fail the query."""
    fake.create("s", 1)
    fake.put("s", "a")
    _, offset = Query(fake).drain(Query(fake).starting_offset())
    for hour in range(1, 30):
        fake.now = START + hour * HOUR
        fake.put("s", f"hour-{hour}")
    fake.trim(fake.now - 24 * HOUR)
    with pytest.raises(DataLossError, match="deleted by retention"):
        Query(fake).next(offset)
    got, _ = Query(fake, failOnDataLoss="false").drain(offset)
    assert got[0] == "hour-5"


def test_pause_is_no_loss(fake: FakeKinesis, caplog: pytest.LogCaptureFixture) -> None:
    """After a weekend without records the query goes on; it warns, since nobody can be quite certain."""
    fake.create("s", 1)
    fake.put("s", "friday")
    _, offset = Query(fake).drain(Query(fake).starting_offset())
    fake.now = START + 60 * HOUR
    fake.trim(fake.now - 24 * HOUR)
    fake.put("s", "monday")
    got, _ = Query(fake).drain(offset)
    assert got == ["monday"]
    assert "beyond the retention" in caplog.text


@pytest.mark.parametrize("knows_its_numbers", [True, False])
def test_recreated_stream(fake: FakeKinesis, *, knows_its_numbers: bool) -> None:
    """A stream of the same name that was made later is not read on, even if its numbers look the same."""
    fake.knows_its_numbers = knows_its_numbers
    fake.create("s", 1)
    fake.put("s", "a")
    query = Query(fake)
    _, offset = query.drain(query.starting_offset())
    fake.now += 5000
    fake.create("s", 1)
    fake.put("s", "b", "c")
    with pytest.raises(SourceError, match="was deleted and recreated; it needs a new checkpoint"):
        Query(fake).next(offset)
    query.pause(seconds=10)
    with pytest.raises(SourceError, match="was deleted and recreated"):
        query.next(offset)


def test_missing_stream(fake: FakeKinesis) -> None:
    """The error names the stream, and the options to look at."""
    with pytest.raises(SourceError, match=r"no stream s .*endpointUrl"):
        Query(fake).starting_offset()


def test_checkpoint_of_another_stream(fake: FakeKinesis) -> None:
    """The error names both streams."""
    fake.create("s", 1)
    fake.create("other", 1)
    offset = Query(fake, streamName="other").starting_offset()
    with pytest.raises(SourceError, match=r"belongs to other, but the option streamName says s"):
        Query(fake).next(offset)


def test_polling_slows_down(fake: FakeKinesis) -> None:
    """A shard is asked five times a second at most, and once a second when nothing has come for long."""
    fake.create("s", 1)
    query = Query(fake)
    offset = query.starting_offset()
    query.next(offset)
    assert 5 <= fake.calls["get_records"] <= 6
    query.idle(offset, polls=60)
    before = fake.calls["get_records"]
    query.idle(offset, polls=10)
    assert fake.calls["get_records"] - before <= 11


def test_empty_poll_keeps_the_offset(fake: FakeKinesis) -> None:
    """Spark compares offsets as text: without records it is the same, to the letter."""
    fake.create("s", 3)
    fake.put("s", *values(5))
    query = Query(fake)
    _, offset = query.drain(query.starting_offset())
    got, again = query.next(offset)
    assert got == []
    assert str(again) == str(offset)


def test_failed_batch_is_read_again(fake: FakeKinesis) -> None:
    """Asked for the same start once more, the reader gives the same records."""
    fake.create("s", 2)
    fake.put("s", *values(20))
    query = Query(fake)
    start = query.starting_offset()
    assert sorted(query.next(start)[0]) == sorted(query.next(start)[0]) == sorted(values(20))
