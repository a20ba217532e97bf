"""The action GetRecords: records from a shard iterator on; at a closed shard's end its child shards."""

import time

from services.kinesis.actions.get_shard_iterator import sealed
from services.kinesis.actions.request import ActionRequest, ActionResponse
from services.kinesis.actions.shard_fields import find_shard, hash_range
from services.kinesis.engine import Engine
from services.kinesis.shard import StreamShard
from services.kinesis.storage.description import shard_id
from services.kinesis.storage.segment_reader import ShardRecord
from services.kinesis.stream import KinesisStream
from services.kinesis.tokens import ShardIterator
from services.records.kinesis_api import (
    ACCOUNT,
    EXPIRED_ITERATOR,
    INVALID_ARGUMENT,
    ITERATOR_SECONDS,
    MAX_GET_BYTES,
    MAX_GET_RECORDS,
    NOT_FOUND,
    KinesisError,
    length_faults,
    range_faults,
    record_bytes,
    require,
)


class GetRecords(ActionRequest):
    shard_iterator: str | None = None
    limit: int | None = None


def get_records(engine: Engine, request: GetRecords) -> ActionResponse:
    """Up to `Limit` records and 10 MiB; at the end of a closed shard its children instead of a next iterator.

    Raises:
        KinesisError: the iterator is invalid, or has expired, or its shard does not exist any more.
    """
    require(
        length_faults("shardIterator", request.shard_iterator, 512)
        + range_faults("limit", request.limit, 1, MAX_GET_RECORDS)
    )
    iterator = _decoded(engine, request.shard_iterator or "")
    stream, shard = _shard_of(engine, iterator)
    records = _batch(shard, iterator.counter, request.limit or MAX_GET_RECORDS)
    counter = records[-1].counter + 1 if records else max(iterator.counter, shard.log.horizon)
    return {
        "Records": _record_fields(shard, records),
        "MillisBehindLatest": _behind_ms(engine, shard, counter, records),
        **_next(engine, stream, shard, counter),
    }


def _decoded(engine: Engine, text: str) -> ShardIterator:
    try:
        iterator = engine.tokens.open(text, ShardIterator)
    except ValueError as error:
        raise KinesisError(INVALID_ARGUMENT, "Invalid ShardIterator.") from error
    now_ms, tolerated_ms = engine.now_ms(), ITERATOR_SECONDS * 1000
    if now_ms - iterator.issued_ms > tolerated_ms:
        raise KinesisError(
            EXPIRED_ITERATOR,
            f"Iterator expired. The iterator was created at time {_date(iterator.issued_ms)} while right now it is "
            f"{_date(now_ms)} which is further in the future than the tolerated delay of {tolerated_ms} "
            "milliseconds.",
        )
    return iterator


def _date(at_ms: int) -> str:
    return time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(at_ms / 1000))


def _shard_of(engine: Engine, iterator: ShardIterator) -> tuple[KinesisStream, StreamShard]:
    stream = engine.stream(iterator.stream)
    if stream.description.created_ms != iterator.created_ms:
        text = f"Shard {shard_id(iterator.shard)} in stream {iterator.stream} under account {ACCOUNT} does not exist"
        raise KinesisError(NOT_FOUND, f"{text}: the stream was deleted and made again")
    return stream, find_shard(stream, shard_id(iterator.shard))


def _batch(shard: StreamShard, counter: int, limit: int) -> list[ShardRecord]:
    """Records up to the limit and 10 MiB, but one at least."""
    records: list[ShardRecord] = []
    room = MAX_GET_BYTES
    for record in shard.log.read(counter, limit):
        room -= record_bytes(record.key, len(record.data))
        if room < 0 and records:
            break
        records.append(record)
    return records


def _record_fields(shard: StreamShard, records: list[ShardRecord]) -> list[dict[str, object]]:
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


def _behind_ms(engine: Engine, shard: StreamShard, counter: int, records: list[ShardRecord]) -> int:
    """Milliseconds since the last record came, if there are more; 0 at the tip."""
    if counter >= shard.log.next or not records:
        return 0
    return max(0, engine.now_ms() - records[-1].arrival_ms)


def _next(
    engine: Engine, stream: KinesisStream, shard: StreamShard, counter: int
) -> dict[str, object]:
    if shard.end is None or counter < shard.end:
        return {"NextShardIterator": sealed(engine, stream, shard, counter)}
    number = shard.description.number
    children = [child for child in stream.description.shards if number in child.parents]
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
