"""The reader, as Spark drives it, against a Kinesis server with AWS's semantics that misbehaves."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from spark_jobs.data_sources.pyspark_kinesis import options
from spark_jobs.data_sources.pyspark_kinesis.errors import DataLossError, SourceError
from spark_jobs.data_sources.pyspark_kinesis.reader import KinesisStreamReader
from tests.support.kinesis import (
    Fault,
    KinesisUnderTest,
    expire,
    fail,
    kinesis_under_test,
    lose_answer,
    lose_request,
    throttle,
)
from tests.support.polling import eventually

STREAM = "s"
FIRST, SECOND = "shardId-000000000000", "shardId-000000000001"


@pytest.fixture
def kinesis(tmp_path: Path) -> Iterator[KinesisUnderTest]:
    """A Kinesis of this test's own."""
    with kinesis_under_test(tmp_path / "kinesis") as running:
        yield running


@pytest.fixture
def client(kinesis: KinesisUnderTest) -> Any:
    """A client with a stream of two shards."""
    made = connect(kinesis)
    made.create_stream(StreamName=STREAM, ShardCount=2)
    wait_active(made)
    return made


class Query:
    """One run of a query."""

    def __init__(self, kinesis: KinesisUnderTest, **given: str) -> None:
        where = {
            "streamName": STREAM,
            "endpointUrl": kinesis.url,
            "awsAccessKey": "test",
            "awsSecretKey": "test",
            "initialPosition": "earliest",
            "minFetchPeriod": "5ms",
            "shardFetchInterval": "20ms",
        }
        self.reader = KinesisStreamReader(options.parse({**where, **given}))
        self.offset = self.reader.initialOffset()
        self.rows: list[dict[str, Any]] = []

    def step(self) -> int:
        """One micro-batch; gives its number of records."""
        batches, end = self.reader.read(self.offset)
        rows = [row for batch in batches for row in batch.to_pylist()]
        self.rows += rows
        self.reader.commit(end)
        self.offset = end
        return len(rows)

    def until(self, count: int) -> None:
        """Micro-batches until so many records have come."""
        eventually(f"{count} records", lambda: self.step() < 0 or len(self.rows) >= count, 60)

    def values(self) -> list[str]:
        """The data that came, in its order."""
        return [row["data"].decode() for row in self.rows]


def connect(kinesis: KinesisUnderTest) -> Any:
    """A client that never repeats a call by itself."""
    return boto3.client(
        "kinesis",
        endpoint_url=kinesis.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def wait_active(client: Any) -> None:
    """Until the stream takes records and changes of its shards."""

    def active() -> bool:
        found = client.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]
        return bool(found["StreamStatus"] == "ACTIVE")

    eventually("the stream to be active", active)


def put(client: Any, values: list[str]) -> None:
    """Store each value under itself as the partition key."""
    rows = [{"Data": value.encode(), "PartitionKey": value} for value in values]
    for first in range(0, len(rows), 100):
        answer = client.put_records(StreamName=STREAM, Records=rows[first : first + 100])
        assert answer["FailedRecordCount"] == 0


def values(count: int, start: int = 0) -> list[str]:
    """Texts that are all different."""
    return [f"value-{n}" for n in range(start, start + count)]


def load(client: Any) -> None:
    """3,000 records; after 1,000 a shard is split, after 2,000 two are merged."""
    put(client, values(1000))
    client.split_shard(StreamName=STREAM, ShardToSplit=FIRST, NewStartingHashKey=str(1 << 126))
    wait_active(client)
    put(client, values(1000, 1000))
    client.merge_shards(
        StreamName=STREAM, ShardToMerge="shardId-000000000003", AdjacentShardToMerge=SECOND
    )
    wait_active(client)
    put(client, values(1000, 2000))


def test_split_and_merge_under_load(kinesis: KinesisUnderTest, client: Any) -> None:
    """While a stream is written to, split and merged, each record comes once, and parents before children."""
    query = Query(kinesis, maxRecordsPerTrigger="150")
    writer = threading.Thread(target=load, args=[client])
    writer.start()
    query.until(3000)
    writer.join()
    assert query.step() == 0
    assert sorted(query.values()) == sorted(values(3000))
    last = {row["shardId"]: place for place, row in enumerate(query.rows)}
    first = {row["shardId"]: place for place, row in reversed(list(enumerate(query.rows)))}
    for shard in client.list_shards(StreamName=STREAM)["Shards"]:
        for parent in ("ParentShardId", "AdjacentParentShardId"):
            if parent in shard and shard["ShardId"] in first:
                assert first[shard["ShardId"]] > last[shard[parent]]


@pytest.mark.parametrize("action", ["GetRecords", "GetShardIterator", "ListShards"])
@pytest.mark.parametrize("fault", [throttle, fail, lose_answer, lose_request])
def test_trouble(
    kinesis: KinesisUnderTest, client: Any, action: str, fault: Callable[[], Fault]
) -> None:
    """Throttled, failed and lost calls delay records, and neither lose nor double one."""
    put(client, values(300))
    query = Query(kinesis, maxRecordsPerTrigger="40")
    kinesis.inject(action, fault(), times=3)
    query.until(300)
    assert sorted(query.values()) == sorted(values(300))
    assert kinesis.pending == 0


def test_expired_iterators(kinesis: KinesisUnderTest, client: Any) -> None:
    """An expired iterator is replaced in the middle of a shard, and nothing comes twice."""
    put(client, values(300))
    query = Query(kinesis, maxRecordsPerTrigger="40")
    for _ in range(3):
        query.step()
        kinesis.inject("GetRecords", expire(), times=2)
    query.until(300)
    assert sorted(query.values()) == sorted(values(300))
    assert kinesis.pending == 0


def test_restart_of_kinesis(tmp_path: Path) -> None:
    """A query goes on when Kinesis comes back on the same port with the same data."""
    with kinesis_under_test(tmp_path) as before:
        client = connect(before)
        client.create_stream(StreamName=STREAM, ShardCount=2)
        wait_active(client)
        put(client, values(50))
        query = Query(before)
        query.until(50)
    assert query.step() == 0
    with kinesis_under_test(tmp_path, port=before.port) as after:
        put(connect(after), values(50, 50))
        query.until(100)
    assert sorted(query.values()) == sorted(values(100))


def test_planned_batch_after_a_restart(kinesis: KinesisUnderTest, client: Any) -> None:
    """Another process reads exactly the records between two offsets."""
    put(client, values(200))
    query = Query(kinesis, maxRecordsPerTrigger="60")
    while len(query.rows) < 200:
        start, before = query.offset, len(query.rows)
        query.step()
        put(client, ["later"])
        again = Query(kinesis).reader.readBetweenOffsets(start, query.offset)
        numbers = [row["sequenceNumber"] for batch in again for row in batch.to_pylist()]
        assert sorted(numbers) == sorted(row["sequenceNumber"] for row in query.rows[before:])


def test_latest(kinesis: KinesisUnderTest, client: Any) -> None:
    """LATEST leaves out what was put a moment before, and has all that is put a moment after."""
    put(client, values(20))
    query = Query(kinesis, initialPosition="latest")
    query.step()
    put(client, values(20, 20))
    query.until(20)
    assert sorted(query.values()) == sorted(values(20, 20))


def test_available_now(kinesis: KinesisUnderTest, client: Any) -> None:
    """A run whose end is fixed ends there, while records keep coming; the next run has the rest."""
    put(client, values(100))
    query = Query(kinesis, maxRecordsPerTrigger="30")
    query.reader.prepareForTriggerAvailableNow()
    put(client, values(100, 100))
    query.step()
    while query.step():
        pass
    assert sorted(query.values()) == sorted(values(100))
    rest = Query(kinesis)
    rest.offset = query.offset
    rest.until(100)
    assert sorted(rest.values()) == sorted(values(100, 100))


def test_recreated_stream(kinesis: KinesisUnderTest, client: Any) -> None:
    """A query that runs while its stream is deleted and made again ends with that sentence."""
    put(client, values(5))
    query = Query(kinesis)
    query.until(5)
    client.delete_stream(StreamName=STREAM)
    eventually("the stream is gone", lambda: not client.list_streams()["StreamNames"])
    client.create_stream(StreamName=STREAM, ShardCount=2)
    wait_active(client)
    with pytest.raises(SourceError, match="was deleted and recreated; it needs a new checkpoint"):
        query.until(6)


def test_kinesis_stays_away(kinesis: KinesisUnderTest, client: Any) -> None:
    """After retryTimeout the query fails, and says what to do."""
    query = Query(kinesis, retryTimeout="100ms")
    query.step()
    kinesis.inject("GetRecords", fail(), times=1000)
    with pytest.raises(SourceError, match=r"could not be read for 0\.1 s.*start the query again"):
        query.until(1)


def test_unknown_shard_is_no_loss_in_silence(kinesis: KinesisUnderTest, client: Any) -> None:
    """A shard of the checkpoint that Kinesis no longer has fails the query, unless the user allows it."""
    put(client, values(5))
    query = Query(kinesis)
    query.until(5)
    shards = query.offset["streams"][STREAM]["shards"]
    shards["shardId-000000000099"] = {"after": None, "at": None, "closed": False}
    with pytest.raises(DataLossError, match="shardId-000000000099"):
        query.step()
