"""The actions SplitShard, MergeShards, UpdateShardCount: requests checked, then `split_merge` (AWS: takes seconds)."""

import re

from services.kinesis import split_merge
from services.kinesis.actions.request import ActionResponse, StreamRequest, stream_of
from services.kinesis.actions.stream_actions import check_quota
from services.kinesis.engine import Engine
from services.records.kinesis_api import INVALID_ARGUMENT, KinesisError, fault, length_faults

_HASH_KEY = re.compile(r"0|([1-9][0-9]{0,38})")


class SplitShard(StreamRequest):
    shard_to_split: str | None = None
    new_starting_hash_key: str | None = None


class MergeShards(StreamRequest):
    shard_to_merge: str | None = None
    adjacent_shard_to_merge: str | None = None


class UpdateShardCount(StreamRequest):
    target_shard_count: int | None = None
    scaling_type: str | None = None


def split_shard(engine: Engine, request: SplitShard) -> ActionResponse:
    """Split a shard before a hash key.

    Raises:
        KinesisError: it cannot be split there.
    """
    shard_id, at = request.shard_to_split or "", request.new_starting_hash_key or ""
    faults = length_faults("shardToSplit", request.shard_to_split, 128)
    if not _HASH_KEY.fullmatch(at):
        pattern = f"satisfy regular expression pattern: {_HASH_KEY.pattern}"
        faults.append(fault("newStartingHashKey", request.new_starting_hash_key, pattern))
    stream = stream_of(engine, request, faults)
    check_quota(engine, 1)
    stream.reshard(
        lambda ends: split_merge.split(stream.description, shard_id, int(at), ends, engine.now_ms())
    )
    return None


def merge_shards(engine: Engine, request: MergeShards) -> ActionResponse:
    """Merge two adjacent shards.

    Raises:
        KinesisError: they are not open neighbours.
    """
    first, second = request.shard_to_merge or "", request.adjacent_shard_to_merge or ""
    faults = length_faults("shardToMerge", request.shard_to_merge, 128)
    faults += length_faults("adjacentShardToMerge", request.adjacent_shard_to_merge, 128)
    stream = stream_of(engine, request, faults)
    stream.reshard(
        lambda ends: split_merge.merge(stream.description, first, second, ends, engine.now_ms())
    )
    return None


def update_shard_count(engine: Engine, request: UpdateShardCount) -> ActionResponse:
    """Split and merge to so many shards of equal width; from half to twice as many as now.

    Raises:
        KinesisError: the number cannot be.
    """
    target = request.target_shard_count
    faults = [fault("targetShardCount", None, "not be null")] if target is None else []
    if request.scaling_type != "UNIFORM_SCALING":
        faults.append(
            fault("scalingType", request.scaling_type, "satisfy enum value set: [UNIFORM_SCALING]")
        )
    stream = stream_of(engine, request, faults)
    count, wanted = len(stream.description.open_shards), target or 0
    if not (count + 1) // 2 <= wanted <= count * 2:
        raise KinesisError(
            INVALID_ARGUMENT,
            f"UpdateShardCount cannot scale {stream.name} from {count} to {wanted} shards: at least half and "
            "at most twice the current open shard count.",
        )
    check_quota(engine, wanted - count)
    stream.reshard(
        lambda ends: split_merge.resize(stream.description, wanted, ends, engine.now_ms())
    )
    return {
        "StreamName": stream.name,
        "StreamARN": engine.arn(stream.name),
        "CurrentShardCount": count,
        "TargetShardCount": wanted,
    }
