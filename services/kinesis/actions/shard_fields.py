"""How shards are named and shown: in descriptions, in ListShards, in GetRecords' children."""

from services.kinesis.split_merge import described_shard
from services.kinesis.storage.description import ShardDescription
from services.kinesis.storage.description import shard_id as name_of
from services.kinesis.stream import KinesisStream, StreamShard
from services.records.kinesis_api import fault, require


def find_shard(stream: KinesisStream, shard_id: str) -> StreamShard:
    """The shard with that identifier.

    Raises:
        KinesisError: ResourceNotFoundException.
    """
    return stream.shards[described_shard(stream.described, shard_id).number]


def hash_range(shard: ShardDescription) -> dict[str, str]:
    """The hash keys of a shard."""
    return {"StartingHashKey": shard.start, "EndingHashKey": shard.end}


def shard_fields(shard: StreamShard) -> dict[str, object]:
    """A shard as descriptions and listings show it."""
    described, numbers = shard.described, shard.numbers
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
    """The number in a shard's identifier.

    Raises:
        KinesisError: it is none.
    """
    digits = shard_id.removeprefix("shardId-")
    if digits == shard_id or not digits.isdecimal():
        require([fault("shardId", shard_id, "be like shardId-000000000000")])
    return int(digits)
