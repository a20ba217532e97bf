"""The actions PutRecord and PutRecords: records to shards, by the MD5 of their keys or an ExplicitHashKey."""

from collections.abc import Iterable

from services.kinesis.actions.request import (
    ActionRequest,
    StreamRequest,
    UnsyncedResponse,
    stream_of,
)
from services.kinesis.engine import Engine
from services.kinesis.hash_keys import hash_key
from services.kinesis.stream import Entry, PutResult
from services.records.kinesis_api import (
    HASH_SPACE,
    INVALID_ARGUMENT,
    KinesisError,
    batch_faults,
    check_batch,
    record_faults,
)


class PutRecord(StreamRequest):
    data: bytes | None = None
    partition_key: str | None = None
    explicit_hash_key: str | None = None


class BatchEntry(ActionRequest):
    data: bytes | None = None
    partition_key: str | None = None
    explicit_hash_key: str | None = None


class PutRecords(StreamRequest):
    records: list[BatchEntry] | None = None


def put_record(engine: Engine, request: PutRecord) -> UnsyncedResponse:
    """Store one record.

    Raises:
        KinesisError: it is not stored.
    """
    stream = stream_of(engine, request, record_faults(request.partition_key, _size(request)))
    (result,) = stream.put([_entry(request)], engine.now_ms())
    if isinstance(result, KinesisError):
        raise result
    fields: dict[str, object] = {
        "ShardId": result.shard_id,
        "SequenceNumber": result.sequence_number,
    }
    return UnsyncedResponse(fields, stream.unsynced())


def put_records(engine: Engine, request: PutRecords) -> UnsyncedResponse:
    """Store up to 500 records; each has its own result.

    Raises:
        KinesisError: none is stored.
    """
    records = request.records
    sizes = None if records is None else [(r.partition_key, _size(r)) for r in records]
    stream = stream_of(engine, request, batch_faults(sizes))
    check_batch(sizes)
    results = stream.put(map(_entry, records or ()), engine.now_ms())
    failed = sum(isinstance(result, KinesisError) for result in results)
    fields: dict[str, object] = {
        "FailedRecordCount": failed,
        "Records": list(_result_entries(results)),
    }
    return UnsyncedResponse(fields, stream.unsynced())


def _result_entries(results: list[PutResult | KinesisError]) -> Iterable[dict[str, str]]:
    for result in results:
        if isinstance(result, KinesisError):
            yield {"ErrorCode": result.type_name, "ErrorMessage": result.message}
        else:
            yield {"ShardId": result.shard_id, "SequenceNumber": result.sequence_number}


def _size(record: PutRecord | BatchEntry) -> int | None:
    return None if record.data is None else len(record.data)


def _entry(record: PutRecord | BatchEntry) -> Entry:
    key = record.partition_key or ""
    explicit = record.explicit_hash_key
    position = hash_key(key) if explicit is None else _explicit(explicit)
    return Entry(key, position, record.data or b"")


def _explicit(text: str) -> int:
    if (
        text.isascii()
        and text.isdecimal()
        and len(text) <= len(str(HASH_SPACE))
        and int(text) < HASH_SPACE
    ):
        return int(text)
    raise KinesisError(
        INVALID_ARGUMENT,
        f"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
        f"Specified value was {text[:64]}",
    )
