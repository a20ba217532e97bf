"""The end of a run with `trigger(availableNow=True)`: fixed before the first record is read."""

from collections.abc import Mapping, Sequence

from ..client.kinesis import Kinesis
from ..client.shards import Shard
from .micro_batch import ShardKey
from .shard_end import find_shard_end
from .shard_reader import Bound


def bounds(kinesis: Kinesis, streams: Sequence[str]) -> Mapping[ShardKey, Bound]:
    """Where each shard ends at this moment.

    Raises:
        RetriableError: Kinesis cannot answer now.
    """
    found = {}
    for stream in streams:
        now = kinesis.describe(stream).now
        for shard in kinesis.shards(stream):
            found[stream, shard.shard_id] = _bound(kinesis, stream, shard, now)
    return found


def _bound(kinesis: Kinesis, stream: str, shard: Shard, now: int) -> Bound:
    """A closed shard is read to its end."""
    if shard.ending is not None:
        return Bound()
    end = find_shard_end(kinesis, stream, shard.shard_id, now)
    return Bound(before=end.at) if end.after is None else Bound(number=int(end.after))
