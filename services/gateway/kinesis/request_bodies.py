"""Bodies of PutRecord, PutRecords and CreateStream: from what the client wrote to what Kinesis stores.

One record: the JSON text of `Data` as the client wrote it, so that no digit changes. Several: a text's
own characters, anything else as JSON text.
"""

from typing import NamedTuple, TypeVar

import msgspec

from services.records.kinesis_api import SERIALIZATION, KinesisError, check_batch, check_record

_ABSENT = msgspec.Raw(b"")
_NULL = b"null"
_CONTAINERS = (b"{", b"[")


class KinesisRecord(NamedTuple):
    """What Kinesis stores."""

    key: str
    data: bytes


class _One(msgspec.Struct):
    data: msgspec.Raw = msgspec.field(name="Data", default=_ABSENT)
    key: msgspec.Raw = msgspec.field(name="PartitionKey", default=_ABSENT)


class _Entry(msgspec.Struct):
    """The tutorial's names, and Kinesis' own."""

    data: msgspec.Raw = _ABSENT
    key: msgspec.Raw = msgspec.field(name="partition-key", default=_ABSENT)
    aws_data: msgspec.Raw = msgspec.field(name="Data", default=_ABSENT)
    aws_key: msgspec.Raw = msgspec.field(name="PartitionKey", default=_ABSENT)


class _Several(msgspec.Struct):
    records: list[_Entry] | None = None
    aws_records: list[_Entry] | None = msgspec.field(name="Records", default=None)


class _Create(msgspec.Struct):
    shard_count: int | None = msgspec.field(name="ShardCount", default=None)


_one = msgspec.json.Decoder(_One)
_several = msgspec.json.Decoder(_Several)
_create = msgspec.json.Decoder(_Create)
_text = msgspec.json.Decoder(str)

T = TypeVar("T")


def one_record(body: bytes) -> KinesisRecord:
    """The record of a `/record` body.

    Raises:
        KinesisError: SerializationException, or ValidationException.
    """
    found = _decode(_one, body)
    key, data = _key(found.key), bytes(found.data)
    check_record(key, len(data) if data else None)
    return KinesisRecord(key or "", data)


def several_records(body: bytes) -> list[KinesisRecord]:
    """The records of a `/records` body, in its order.

    Raises:
        KinesisError: as for one; then none of them is stored.
    """
    found = _decode(_several, body)
    entries = found.aws_records if found.records is None else found.records
    if entries is None:
        check_batch(None)
        return []
    read = [_read(entry) for entry in entries]
    check_batch([(key, None if data is None else len(data)) for key, data in read])
    return [KinesisRecord(key or "", data or b"") for key, data in read]


def shard_count(body: bytes) -> int | None:
    """`ShardCount` of a create request; None when it is missing, or there is no body.

    Raises:
        KinesisError: SerializationException.
    """
    return _decode(_create, body).shard_count if body.strip() else None


def _read(entry: _Entry) -> tuple[str | None, bytes | None]:
    raw = bytes(entry.data) or bytes(entry.aws_data)
    key = _key(entry.key if bytes(entry.key) else entry.aws_key)
    if not raw:
        return key, None
    return key, _text.decode(raw).encode() if raw.startswith(b'"') else raw


def _key(raw: msgspec.Raw) -> str | None:
    """A text as it is; a number as it was written, as the tutorial's template has it."""
    text = bytes(raw)
    if not text or text == _NULL:
        return None
    if text.startswith(_CONTAINERS):
        raise _unreadable("PartitionKey must be a text or a number")
    return _text.decode(text) if text.startswith(b'"') else text.decode()


def _decode(decoder: "msgspec.json.Decoder[T]", body: bytes) -> T:
    try:
        body.decode()
        return decoder.decode(body)
    except UnicodeDecodeError as error:
        raise _unreadable(f"the body is not UTF-8 at byte {error.start}") from error
    except msgspec.MsgspecError as error:
        raise _unreadable(f"{error}" if body.strip() else "the body is empty") from error
    except RecursionError as error:
        raise _unreadable("the body's JSON is nested too deeply") from error


def _unreadable(why: str) -> KinesisError:
    return KinesisError(SERIALIZATION, f"The request cannot be read: {why}.")
