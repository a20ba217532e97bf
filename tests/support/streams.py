"""Reading a whole stream as a careful consumer does: parents to their end, then their children."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_kinesis import KinesisClient


class Stored(NamedTuple):
    """A record as it was read."""

    shard_id: str
    sequence_number: str
    data: bytes
    arrival: "datetime"


def read_shard(client: "KinesisClient", stream: str, shard_id: str) -> Iterator[Stored]:
    """Everything from the horizon to the tip of an open shard, or to the end of a closed one."""
    where = client.get_shard_iterator(
        StreamName=stream, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )
    iterator: str | None = where["ShardIterator"]
    while iterator:
        told = client.get_records(ShardIterator=iterator)
        for row in told["Records"]:
            arrival = row["ApproximateArrivalTimestamp"]
            yield Stored(shard_id, row["SequenceNumber"], row["Data"], arrival)
        iterator = told.get("NextShardIterator")
        if not told["Records"] and not told["MillisBehindLatest"]:
            return


def read_stream(client: "KinesisClient", stream: str) -> list[Stored]:
    """Every record of a stream, shard by shard."""
    shards = client.list_shards(StreamName=stream)["Shards"]
    return [row for shard in shards for row in read_shard(client, stream, shard["ShardId"])]
