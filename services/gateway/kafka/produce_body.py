"""Produce requests: from a body's bytes to the records' own bytes.

A JSON value goes to Kafka as the client wrote it: parsing and writing it anew would round long
integers and turn 1.10 into 1.1. msgspec checks the grammar and hands out slices (`Raw`).
"""

import base64
import binascii
import re
from typing import NoReturn

import msgspec

from services.gateway.media import Format
from services.gateway.refused_request import RefusalError

NULL = b"null"
_ABSENT = msgspec.Raw(NULL)
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$.*`)?", re.DOTALL)


class KafkaRecord(msgspec.Struct, frozen=True):
    """What Kafka stores; None is Kafka's null. Without a partition the partitioner chooses."""

    key: bytes | None
    value: bytes | None
    partition: int | None

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")


class RecordBody(msgspec.Struct, forbid_unknown_fields=True):
    """A record as the client wrote it."""

    key: msgspec.Raw = _ABSENT
    value: msgspec.Raw = _ABSENT
    partition: int | str | None = None


class _ProduceBody(msgspec.Struct, forbid_unknown_fields=True):
    """The schema fields belong to other formats; the REST proxy lets them pass unread."""

    records: list[RecordBody] | None = None
    key_schema: msgspec.Raw = _ABSENT
    key_schema_id: msgspec.Raw = _ABSENT
    value_schema: msgspec.Raw = _ABSENT
    value_schema_id: msgspec.Raw = _ABSENT


_decoder = msgspec.json.Decoder(_ProduceBody | None)


def decode_records(body: bytes, format_: Format, partition: int | None = None) -> list[KafkaRecord]:
    """All records of a produce request, in its order; raises what `parse` and `convert` do."""
    return convert(parse(body), format_, partition)


def parse(body: bytes) -> list[RecordBody]:
    """Check a body's shape.

    Raises:
        RefusalError: 400 or 422.
    """
    try:
        body.decode()
        request: _ProduceBody | None = _decoder.decode(body)
    except (UnicodeDecodeError, msgspec.MsgspecError, RecursionError) as error:
        _refuse(body, error)
    if request is None:
        raise _empty_body()
    if not request.records:
        raise RefusalError(422, "records must not be empty (was [])")
    return request.records


def convert(
    bodies: list[RecordBody], format_: Format, partition: int | None = None
) -> list[KafkaRecord]:
    """Turn all records into what Kafka stores, before the first is sent.

    Args:
        bodies: The records as the client wrote them.
        format_: How keys and values are written.
        partition: The URL's partition; a record's own wins.

    Raises:
        RefusalError: 400, one record cannot be converted.
    """
    convert_one = _json_value if format_ is Format.JSON else _binary_value
    return [
        KafkaRecord(
            convert_one(body.key),
            convert_one(body.value),
            partition if body.partition is None else _partition(body.partition),
        )
        for body in bodies
    ]


def _refuse(body: bytes, error: Exception) -> NoReturn:
    """Raise what the REST proxy answers to a body that cannot be read."""
    if not body.strip():
        raise _empty_body() from error
    if isinstance(error, UnicodeDecodeError):
        raise RefusalError(400, f"the body is not UTF-8 at byte {error.start}") from error
    if isinstance(error, RecursionError):
        raise RefusalError(400, "the body's JSON is nested too deeply") from error
    unknown = _UNKNOWN_FIELD.fullmatch(str(error))
    if unknown:
        raise RefusalError(422, f"Unrecognized field: {unknown[1]}") from error
    raise RefusalError(400, str(error)) from error


def _empty_body() -> RefusalError:
    return RefusalError(422, "the request's body must not be null (was null)")


def _json_value(raw: msgspec.Raw) -> bytes | None:
    value = bytes(raw)
    return None if value == NULL else value


def _binary_value(raw: msgspec.Raw) -> bytes | None:
    text = bytes(raw)
    if text == NULL:
        return None
    if not text.startswith(b'"'):
        raise RefusalError(400, f"Bad Request: data={_excerpt(text)} is not a base64 string.")
    try:
        return base64.b64decode(msgspec.json.decode(text, type=str), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusalError(
            400, f"Bad Request: data={_excerpt(text)} is not a valid base64 string."
        ) from error


def _excerpt(text: bytes) -> str:
    shown = text[:80].decode(errors="replace")
    return shown if len(text) <= len(shown) else f"{shown}…"


def _partition(value: int | str) -> int:
    """Partition of one record; `"0"` counts as 0, as Jackson coerces it."""
    try:
        partition = int(value)
    except ValueError as error:
        raise RefusalError(
            400, f"partition {_excerpt(str(value).encode())!r} is no number"
        ) from error
    if partition < 0:
        raise RefusalError(400, f"partition {partition} is negative; nothing was stored")
    return partition
