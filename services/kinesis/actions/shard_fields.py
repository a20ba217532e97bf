"""Shards in requests and responses: found by their identifier, written as AWS writes them."""

import re

from services.kinesis.shard import StreamShard
from services.kinesis.split_merge import described_shard
from services.kinesis.storage.description import ShardDescription
from services.kinesis.storage.description import shard_id as name_of
from services.kinesis.stream import KinesisStream
from services.records.kinesis_api import fault, require

_SHARD_ID = re.compile(r"shardId-[0-9]{1,18}")
_MAX_SECONDS = 1e12


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
    if not _SHARD_ID.fullmatch(shard_id):
        require([fault("shardId", shard_id, "be like shardId-000000000000")])
    return int(shard_id.removeprefix("shardId-"))


def epoch_ms(seconds: float, at: str) -> int:
    """A request's time in epoch ms.

    Raises:
        KinesisError: ValidationException, it is no time that a record can have.
    """
    if not abs(seconds) < _MAX_SECONDS:
        require([fault(at, seconds, f"be a time in seconds below {_MAX_SECONDS:g}")])
    return round(seconds * 1000)
