"""Shards in requests and responses: found by their identifier, written as AWS writes them."""

from services.kinesis.shard import StreamShard
from services.kinesis.split_merge import described_shard
from services.kinesis.storage.description import ShardDescription
from services.kinesis.storage.description import shard_id as name_of
from services.kinesis.stream import KinesisStream
from services.records.kinesis_api import fault, require


def find_shard(stream: KinesisStream, shard_id: str) -> StreamShard:
    """Find a shard by its identifier.

    Raises:
        KinesisError: ResourceNotFoundException.
    """
    return stream.shards[described_shard(stream.description, shard_id).number]


def hash_range(shard: ShardDescription) -> dict[str, str]:
    return {"StartingHashKey": shard.start, "EndingHashKey": shard.end}


def shard_fields(shard: StreamShard) -> dict[str, object]:
    """A shard as DescribeStream and ListShards show it."""
    described, numbers = shard.description, shard.numbers
    span = {"StartingSequenceNumber": numbers.number(0)}
    if shard.end is not None:
        span["EndingSequenceNumber"] = numbers.number(shard.end)
    parents = zip(("ParentShardId", "AdjacentParentShardId"), described.parents, strict=False)
    return {
        "ShardId": described.shard_id,
        **{field: name_of(number) for field, number in parents},
        "HashKeyRange": hash_range(described),
        "SequenceNumberRange": span,
    }


def shard_number(shard_id: str) -> int:
    """3 of `shardId-000000000003`.

    Raises:
        KinesisError: ValidationException, it is no shard's identifier.
    """
    digits = shard_id.removeprefix("shardId-")
    if digits == shard_id or not digits.isdecimal():
        require([fault("shardId", shard_id, "be like shardId-000000000000")])
    return int(digits)
