"""The first positions of a query that has no checkpoint."""

from datetime import UTC, datetime

from ..client.kinesis import Kinesis, StreamSummary
from ..client.shards import Shard
from ..client.stream_metadata import describe_stream
from ..errors import OptionError
from ..initial_position import AT_TIMESTAMP, LATEST
from ..offset import Offset, Position, StreamOffset
from ..options import Options
from .shard_end import find_shard_end

_SECOND = 1000


def starting_offset(kinesis: Kinesis, options: Options) -> Offset:
    """Resolve `initialPosition` for each shard that exists now.

    Raises:
        SourceError: a stream does not exist.
        RetriableError: Kinesis cannot answer now.
    """
    return {stream: _stream(kinesis, options, stream) for stream in options.streams}


def _stream(kinesis: Kinesis, options: Options, stream: str) -> StreamOffset:
    """Nothing may be missed between the clock and the shards: the clock is read first."""
    found = describe_stream(kinesis, stream)
    _check_past(options, found)
    kind = options.initial_position.kind
    shards: dict[str, Position] = {}
    for shard in kinesis.shards(stream):
        if kind == LATEST:
            shards[shard.shard_id] = _latest(kinesis, stream, shard, found.now)
        elif kind == AT_TIMESTAMP:
            shards[shard.shard_id] = _at(options.initial_position.at or 0, found)
        else:
            shards[shard.shard_id] = Position()
    return StreamOffset(found.created, shards)


def _check_past(options: Options, found: StreamSummary) -> None:
    at = options.initial_position.at
    if at is not None and at > found.now + _SECOND:
        raise OptionError(
            f"Option initialPosition: {datetime.fromtimestamp(at / 1000, UTC)} lies in the future of Kinesis' clock; "
            f"expected a time that has passed, or latest."
        )


def _at(moment: int, found: StreamSummary) -> Position:
    """A time before the horizon is the horizon, as with AWS; so an older one in a checkpoint tells of a loss."""
    return Position(at=moment) if moment > found.now - found.retention else Position()


def _latest(kinesis: Kinesis, stream: str, shard: Shard, now: int) -> Position:
    """A closed shard has no later records: it counts as read, so that its children need not wait."""
    if shard.ending is not None:
        return Position(closed=True)
    return find_shard_end(kinesis, stream, shard.shard_id, now)
