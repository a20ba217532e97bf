"""The action GetShardIterator: from the five iterator types to a counter in a shard."""

from services.kinesis.actions.request import ActionResponse, StreamRequest, stream_of
from services.kinesis.actions.shard_fields import epoch_ms, find_shard
from services.kinesis.engine import Engine
from services.kinesis.shard import StreamShard
from services.kinesis.stream import KinesisStream
from services.kinesis.tokens import ShardIterator
from services.records.kinesis_api import (
    ACCOUNT,
    INVALID_ARGUMENT,
    KinesisError,
    fault,
    length_faults,
)

TYPES = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")


class GetShardIterator(StreamRequest):
    shard_id: str | None = None
    shard_iterator_type: str | None = None
    starting_sequence_number: str | None = None
    timestamp: float | None = None


def get_shard_iterator(engine: Engine, request: GetShardIterator) -> ActionResponse:
    """An iterator, valid for 300 seconds.

    Raises:
        KinesisError: the shard, the sequence number or the time does not exist.
    """
    kind = request.shard_iterator_type
    faults = length_faults("shardId", request.shard_id, 128)
    if kind not in TYPES:
        allowed = f"satisfy enum value set: [{', '.join(TYPES)}]"
        faults.append(fault("shardIteratorType", kind, allowed if kind else "not be null"))
    stream = stream_of(engine, request, faults)
    shard = find_shard(stream, request.shard_id or "")
    counter = _begin(engine, stream, shard, request)
    return {"ShardIterator": sealed(engine, stream, shard, counter)}


def _begin(
    engine: Engine, stream: KinesisStream, shard: StreamShard, request: GetShardIterator
) -> int:
    kind = request.shard_iterator_type or ""
    if kind == "TRIM_HORIZON":
        return shard.log.horizon
    if kind == "LATEST":
        return shard.log.next
    if kind == "AT_TIMESTAMP":
        return _at_time(engine, shard, request.timestamp)
    return _at_number(stream, shard, kind, request.starting_sequence_number)


def _at_time(engine: Engine, shard: StreamShard, seconds: float | None) -> int:
    if seconds is None:
        raise KinesisError(
            INVALID_ARGUMENT,
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.",
        )
    at_ms = epoch_ms(seconds, "timestamp")
    if at_ms > engine.now_ms():
        raise KinesisError(
            INVALID_ARGUMENT,
            f"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            f"timestampInMillis: {at_ms}, currentTimestampInMillis: {engine.now_ms()}",
        )
    return shard.log.seek(at_ms)


def _at_number(stream: KinesisStream, shard: StreamShard, kind: str, number: str | None) -> int:
    if number is None:
        raise KinesisError(
            INVALID_ARGUMENT,
            f"Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
            f"StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
            f"Request specified {kind} and no StartingSequenceNumber.",
        )
    try:
        return (
            shard.numbers.at(number)
            if kind == "AT_SEQUENCE_NUMBER"
            else shard.numbers.after(number)
        )
    except ValueError as error:
        raise KinesisError(
            INVALID_ARGUMENT,
            f"StartingSequenceNumber {number[:140]} used in GetShardIterator on shard {shard.description.shard_id} "
            f"in stream {stream.name} under account {ACCOUNT} is invalid because it did not come from this stream.",
        ) from error


def sealed(engine: Engine, stream: KinesisStream, shard: StreamShard, counter: int) -> str:
    """An iterator at a counter, issued now."""
    created_ms, number = stream.description.created_ms, shard.description.number
    return engine.tokens.seal(
        ShardIterator(stream.name, created_ms, number, counter, engine.now_ms())
    )
