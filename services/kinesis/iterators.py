"""GetShardIterator and GetRecords: a place in a shard, and the records from there on."""

import time

from services.kinesis.description import shard_id
from services.kinesis.engine import Engine
from services.kinesis.reading import Record
from services.kinesis.request import Answer, Request, StreamRequest, stream_of
from services.kinesis.shards import found, hash_range
from services.kinesis.stream import Shard, Stream
from services.kinesis.tokens import ShardIterator
from services.kinesis_api import (
    ACCOUNT,
    EXPIRED_ITERATOR,
    INVALID_ARGUMENT,
    ITERATOR_SECONDS,
    MAX_GET_BYTES,
    MAX_GET_RECORDS,
    KinesisError,
    fault,
    length_faults,
    range_faults,
    record_bytes,
    require,
)

TYPES = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")


class GetShardIterator(StreamRequest):
    """Where to begin."""

    shard_id: str | None = None
    shard_iterator_type: str | None = None
    starting_sequence_number: str | None = None
    timestamp: float | None = None


class GetRecords(Request):
    """The records from a place on."""

    shard_iterator: str | None = None
    limit: int | None = None


def get_shard_iterator(engine: Engine, request: GetShardIterator) -> Answer:
    """A place in a shard, good for 300 seconds.

    Raises:
        KinesisError: there is no such place.
    """
    kind = request.shard_iterator_type
    faults = length_faults("shardId", request.shard_id, 128)
    if kind not in TYPES:
        allowed = f"satisfy enum value set: [{', '.join(TYPES)}]"
        faults.append(fault("shardIteratorType", kind, allowed if kind else "not be null"))
    stream = stream_of(engine, request, faults)
    shard = found(stream, request.shard_id or "")
    counter = _begin(engine, stream, shard, request)
    return {"ShardIterator": _sealed(engine, stream, shard, counter)}


def _begin(engine: Engine, stream: Stream, shard: Shard, request: GetShardIterator) -> int:
    kind = request.shard_iterator_type or ""
    if kind == "TRIM_HORIZON":
        return shard.log.horizon
    if kind == "LATEST":
        return shard.log.next
    if kind == "AT_TIMESTAMP":
        return _at_time(engine, shard, request.timestamp)
    return _at_number(stream, shard, kind, request.starting_sequence_number)


def _at_time(engine: Engine, shard: Shard, seconds: float | None) -> int:
    if seconds is None:
        raise KinesisError(
            INVALID_ARGUMENT,
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.",
        )
    at_ms = round(seconds * 1000)
    if at_ms > engine.now_ms():
        raise KinesisError(
            INVALID_ARGUMENT,
            f"The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
            f"timestampInMillis: {at_ms}, currentTimestampInMillis: {engine.now_ms()}",
        )
    return shard.log.seek(at_ms)


def _at_number(stream: Stream, shard: Shard, kind: str, number: str | None) -> int:
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
            f"StartingSequenceNumber {number[:140]} used in GetShardIterator on shard {shard.described.shard_id} "
            f"in stream {stream.name} under account {ACCOUNT} is invalid because it did not come from this stream.",
        ) from error


def _sealed(engine: Engine, stream: Stream, shard: Shard, counter: int) -> str:
    created_ms, number = stream.described.created_ms, shard.described.number
    return engine.tokens.seal(
        ShardIterator(stream.name, created_ms, number, counter, engine.now_ms())
    )


def get_records(engine: Engine, request: GetRecords) -> Answer:
    """Up to `Limit` records and 10 MiB; at the end of a closed shard its children instead of a next iterator.

    Raises:
        KinesisError: the iterator is none, or has expired, or its shard is gone.
    """
    require(
        length_faults("shardIterator", request.shard_iterator, 512)
        + range_faults("limit", request.limit, 1, MAX_GET_RECORDS)
    )
    place = _opened(engine, request.shard_iterator or "")
    stream, shard = _located(engine, place)
    records = _batch(shard, place.counter, request.limit or MAX_GET_RECORDS)
    counter = records[-1].counter + 1 if records else max(place.counter, shard.log.horizon)
    return {
        "Records": _shown(shard, records),
        "MillisBehindLatest": _behind_ms(engine, shard, counter, records),
        **_onwards(engine, stream, shard, counter),
    }


def _opened(engine: Engine, text: str) -> ShardIterator:
    try:
        place = engine.tokens.open(text, ShardIterator)
    except ValueError as error:
        raise KinesisError(INVALID_ARGUMENT, "Invalid ShardIterator.") from error
    now_ms, tolerated_ms = engine.now_ms(), ITERATOR_SECONDS * 1000
    if now_ms - place.issued_ms > tolerated_ms:
        raise KinesisError(
            EXPIRED_ITERATOR,
            f"Iterator expired. The iterator was created at time {_date(place.issued_ms)} while right now it is "
            f"{_date(now_ms)} which is further in the future than the tolerated delay of {tolerated_ms} "
            "milliseconds.",
        )
    return place


def _date(at_ms: int) -> str:
    return time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(at_ms / 1000))


def _located(engine: Engine, place: ShardIterator) -> tuple[Stream, Shard]:
    stream = engine.stream(place.stream)
    if stream.described.created_ms != place.created_ms:
        text = f"Shard {shard_id(place.shard)} in stream {place.stream} under account {ACCOUNT} does not exist"
        raise KinesisError(
            "ResourceNotFoundException", f"{text}: the stream was deleted and made again"
        )
    return stream, found(stream, shard_id(place.shard))


def _batch(shard: Shard, counter: int, limit: int) -> list[Record]:
    """Records up to the limit and 10 MiB, but one at least."""
    records: list[Record] = []
    room = MAX_GET_BYTES
    for record in shard.log.read(counter, limit):
        room -= record_bytes(record.key, len(record.data))
        if room < 0 and records:
            break
        records.append(record)
    return records


def _shown(shard: Shard, records: list[Record]) -> list[dict[str, object]]:
    if not records:
        return []
    numbers = shard.numbers.numbers(records[0].counter, len(records))
    return [
        {
            "SequenceNumber": number,
            "ApproximateArrivalTimestamp": record.arrival_ms / 1000,
            "Data": record.data,
            "PartitionKey": record.key,
        }
        for number, record in zip(numbers, records, strict=True)
    ]


def _behind_ms(engine: Engine, shard: Shard, counter: int, records: list[Record]) -> int:
    """How old the last record is, if there are more; 0 at the tip."""
    if counter >= shard.log.next or not records:
        return 0
    return max(0, engine.now_ms() - records[-1].arrival_ms)


def _onwards(engine: Engine, stream: Stream, shard: Shard, counter: int) -> dict[str, object]:
    if shard.end is None or counter < shard.end:
        return {"NextShardIterator": _sealed(engine, stream, shard, counter)}
    number = shard.described.number
    children = [child for child in stream.described.shards if number in child.parents]
    return {
        "NextShardIterator": None,
        "ChildShards": [
            {
                "ShardId": child.shard_id,
                "ParentShards": [shard_id(parent) for parent in child.parents],
                "HashKeyRange": hash_range(child),
            }
            for child in children
        ],
    }
