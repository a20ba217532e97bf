"""`format("kinesis")` on a real Spark server, into real Delta tables."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from tests.integration.pyspark_kinesis.conftest import TIMEOUT, Copies, Streams
from tests.support.polling import eventually


def values(count: int, start: int = 0) -> list[str]:
    """Texts that are all different, in their sorted order."""
    return [f"value-{n:05d}" for n in range(start, start + count)]


def test_columns(streams: Streams, copies: Copies) -> None:
    """Spark finds the format by itself; the six columns have Databricks' names and types."""
    name = streams.create()
    streams.put(name, ["one", "two"])
    copy = copies.of(name)
    assert copy.source().dtypes == [
        ("partitionKey", "string"),
        ("data", "binary"),
        ("stream", "string"),
        ("shardId", "string"),
        ("sequenceNumber", "string"),
        ("approximateArrivalTimestamp", "timestamp"),
    ]
    copy.run()
    rows = copy.spark.read.format("delta").load(copy.table).orderBy("partitionKey").collect()
    assert [(row.partitionKey, bytes(row.data)) for row in rows] == [
        ("one", b"one"),
        ("two", b"two"),
    ]
    assert {row.stream for row in rows} == {name}
    assert all(row.shardId.startswith("shardId-") and row.sequenceNumber.isdigit() for row in rows)
    age = datetime.now(UTC) - rows[0].approximateArrivalTimestamp.replace(tzinfo=UTC)
    assert abs(age.total_seconds()) < 600


def test_latest(streams: Streams, copies: Copies) -> None:
    """A query that begins at the latest record keeps that place over a restart, before it has read anything."""
    name = streams.create()
    streams.put(name, values(5))
    copy = copies.of(name, initialPosition="latest")
    copy.run()
    assert copy.count() == 0
    streams.put(name, values(5, 5))
    copy.run()
    assert copy.values() == values(5, 5)


def test_at_timestamp(streams: Streams, copies: Copies) -> None:
    """A query begins at a time, told as Databricks' JSON."""
    name = streams.create(shards=1)
    streams.put(name, ["early"])
    first = copies.of(name, table="first")
    first.run()
    (row,) = first.spark.read.format("delta").load(first.table).collect()
    eventually("a later millisecond", lambda: _later(row.approximateArrivalTimestamp), TIMEOUT)
    streams.put(name, ["late"])
    moment = row.approximateArrivalTimestamp.timestamp() + 0.001
    position = {"at_timestamp": datetime.fromtimestamp(moment, UTC).isoformat()}
    second = copies.of(name, table="second", initialPosition=json.dumps(position))
    second.folder = second.folder / "other"
    second.run()
    assert second.values() == ["late"]


def test_backlog_in_bounded_batches(streams: Streams, copies: Copies) -> None:
    """A run with availableNow takes a backlog in batches of at most maxRecordsPerTrigger, each record once."""
    name = streams.create()
    streams.put(name, values(1000))
    copy = copies.of(name, maxRecordsPerTrigger="300")
    query = copy.start(availableNow=True)
    assert query.awaitTermination(TIMEOUT)
    assert copy.values() == values(1000)
    assert max(p.numInputRows for p in query.recentProgress) == 300


def test_two_streams(streams: Streams, copies: Copies) -> None:
    """One query reads two streams; a column tells them apart."""
    one, two = streams.create(), streams.create()
    streams.put(one, ["a"])
    streams.put(two, ["b"])
    copy = copies.of(one, two)
    copy.run()
    rows = copy.spark.read.format("delta").load(copy.table).collect()
    assert {(row.stream, bytes(row.data)) for row in rows} == {(one, b"a"), (two, b"b")}


def test_restarts(streams: Streams, copies: Copies) -> None:
    """A query that is stopped and started again and again copies each record once."""
    name = streams.create()
    copy = copies.of(name, maxRecordsPerTrigger="70")
    for round_ in range(3):
        streams.put(name, values(200, 200 * round_))
        copy.run_until(200 * round_ + 100)
    copy.run()
    assert copy.values() == values(600)


def test_newest_commit_deleted(streams: Streams, copies: Copies) -> None:
    """The batch that is run again has the same records: Delta takes none twice, a new table takes just them."""
    name = streams.create()
    copy = copies.of(name, maxRecordsPerTrigger="100")
    streams.put(name, values(250))
    copy.run()
    assert copy.values() == values(250)
    _delete_newest(copy.checkpoint / "commits")
    streams.put(name, values(50, 250))
    copy.run()
    assert copy.values() == values(300)
    _delete_newest(copy.checkpoint / "commits")
    again = copies.of(name, table="again", maxRecordsPerTrigger="100")
    again.run()
    assert again.values() == values(50, 250)


def test_checkpoint_of_another_stream(streams: Streams, copies: Copies) -> None:
    """The query fails, and its error names both streams."""
    one, two = streams.create(), streams.create()
    copies.of(one).run()
    with pytest.raises(
        PySparkException, match=f"belongs to {one}, but the option streamName says {two}"
    ):
        copies.of(two).run()


def test_recreated_stream(streams: Streams, copies: Copies) -> None:
    """A checkpoint of a stream that was deleted and made again is refused."""
    name = streams.create()
    streams.put(name, values(5))
    copies.of(name).run()
    streams.client.delete_stream(StreamName=name)
    eventually("the stream is gone", lambda: name not in _names(streams.client), TIMEOUT)
    streams.client.create_stream(StreamName=name, ShardCount=2)
    with pytest.raises(PySparkException, match=r"was deleted and recreated"):
        copies.of(name).run()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"awsSecretKey": ""}, "give both of them, or neither"),
        ({"initialPosition": "soon"}, "Option initialPosition=soon: expected latest"),
        ({"streamName": ""}, "streamName"),
    ],
)
def test_wrong_options(copies: Copies, option: dict[str, str], message: str) -> None:
    """`load` fails at once, and says which option."""
    with pytest.raises(PySparkException, match=message):
        copies.of("any", **option).source().schema  # noqa: B018 - asks the server


def test_options_of_databricks(streams: Streams, copies: Copies) -> None:
    """Options that have no effect here do not stop a query."""
    name = streams.create()
    streams.put(name, ["a"])
    copy = copies.of(name, roleArn="arn:aws:iam::1:role/r", consumerMode="efo", shardsPerTask="5")
    copy.run()
    assert copy.values() == ["a"]


def test_no_table(spark: SparkSession) -> None:
    """`spark.read` says what to do instead."""
    with pytest.raises(PySparkException, match=r"use spark\.readStream"):
        spark.read.format("kinesis").option("streamName", "s").load().collect()


def _later(moment: datetime) -> bool:
    return datetime.now(UTC).timestamp() > moment.timestamp() + 0.002


def _delete_newest(folder: Path) -> None:
    """With its checksum, which would keep Spark from writing the file anew."""
    newest = max((p for p in folder.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))
    newest.unlink()
    (folder / f".{newest.name}.crc").unlink()


def _names(client: Any) -> list[str]:
    return [str(name) for name in client.list_streams()["StreamNames"]]
