"""Split, merge and resize, pure: from a stream's description to one with parents closed and children opened.

The actions that call them are in `actions/resharding.py`. `ends` is shard number → the counter after its
last record; the texts of errors are AWS's.
"""

from collections.abc import Iterable

import msgspec

from services.kinesis.hash_keys import HashRange, even_ranges
from services.kinesis.storage.description import ShardDescription, StreamDescription, new_shard
from services.records.kinesis_api import ACCOUNT, INVALID_ARGUMENT, NOT_FOUND, KinesisError


def described_shard(stream: StreamDescription, shard_id: str) -> ShardDescription:
    """Find a shard's description by its identifier.

    Raises:
        KinesisError: ResourceNotFoundException.
    """
    for shard in stream.shards:
        if shard.shard_id == shard_id:
            return shard
    raise KinesisError(NOT_FOUND, f"Shard {shard_id} {_where(stream)} does not exist")


def split(
    stream: StreamDescription, shard_id: str, at: int, ends: dict[int, int], now_ms: int
) -> StreamDescription:
    """Split an open shard before a hash key.

    Raises:
        KinesisError: the shard is closed, or the key is not well inside it.
    """
    parent = _open_shard(stream, shard_id)
    start, end = parent.range
    if not start + 1 < at < end:
        raise KinesisError(
            INVALID_ARGUMENT,
            f"NewStartingHashKey {at} used in SplitShard() on shard {shard_id} {_where(stream)} is not both "
            f"greater than one plus the shard's StartingHashKey {start} and less than the shard's "
            f"EndingHashKey {end}.",
        )
    children = [HashRange(start, at - 1), HashRange(at, end)]
    return _replaced(stream, [parent], children, ends, now_ms)


def merge(
    stream: StreamDescription, first: str, second: str, ends: dict[int, int], now_ms: int
) -> StreamDescription:
    """Merge two open, adjacent shards; the first becomes ParentShardId.

    Raises:
        KinesisError: one is closed, or they are not adjacent.
    """
    parents = [_open_shard(stream, first), _open_shard(stream, second)]
    low, high = sorted(parent.range for parent in parents)
    if low.end + 1 != high.start:
        raise KinesisError(
            INVALID_ARGUMENT,
            f"Shards {first} and {second} {_where(stream)} are not an adjacent pair of shards eligible for merging",
        )
    return _replaced(stream, parents, [HashRange(low.start, high.end)], ends, now_ms)


def resize(
    stream: StreamDescription, count: int, ends: dict[int, int], now_ms: int
) -> StreamDescription:
    """Split and merge until `count` shards of equal width are open; as on AWS, some are closed at once."""
    wanted = even_ranges(count)
    for keys in wanted[1:]:
        stream = _split_before(stream, keys.start, ends, now_ms)
    for keys in wanted:
        stream = _merged_into(stream, keys, ends, now_ms)
    return stream


def _split_before(
    stream: StreamDescription, key: int, ends: dict[int, int], now_ms: int
) -> StreamDescription:
    shard = next(shard for shard in stream.open_shards if key in shard.range)
    if shard.range.start == key:
        return stream
    children = [HashRange(shard.range.start, key - 1), HashRange(key, shard.range.end)]
    return _replaced(stream, [shard], children, ends, now_ms)


def _merged_into(
    stream: StreamDescription, keys: HashRange, ends: dict[int, int], now_ms: int
) -> StreamDescription:
    while len(parts := [s for s in stream.open_shards if s.range.start in keys]) > 1:
        joined = HashRange(parts[0].range.start, parts[1].range.end)
        stream = _replaced(stream, parts[:2], [joined], ends, now_ms)
    return stream


def _replaced(
    stream: StreamDescription,
    parents: list[ShardDescription],
    children: Iterable[HashRange],
    ends: dict[int, int],
    now_ms: int,
) -> StreamDescription:
    numbers = [parent.number for parent in parents]
    closed = [
        msgspec.structs.replace(shard, closed_ms=now_ms, ending=ends.get(shard.number, 1))
        if shard.number in numbers
        else shard
        for shard in stream.shards
    ]
    opened = [
        new_shard(number, keys, now_ms, *numbers)
        for number, keys in enumerate(children, start=stream.next_shard)
    ]
    return msgspec.structs.replace(
        stream, shards=(*closed, *opened), next_shard=stream.next_shard + len(opened)
    )


def _open_shard(stream: StreamDescription, shard_id: str) -> ShardDescription:
    shard = described_shard(stream, shard_id)
    if shard.is_open:
        return shard
    raise KinesisError(
        INVALID_ARGUMENT,
        f"Shard {shard_id} {_where(stream)} has already been merged or split, and thus is not eligible for "
        "merging or splitting.",
    )


def _where(stream: StreamDescription) -> str:
    return f"in stream {stream.name} under account {ACCOUNT}"
