"""Reads a user's request: which records it holds, and for which topic or stream.

The gateway decides about the request; this only reads along, so what cannot be read counts as no records.
"""

import base64
import binascii
from dataclasses import dataclass

import msgspec

from services.records.ind import ind_of
from services.records.layer import Layer
from services.records.record import Record
from services.tables import PIN, Table, table_of_stream, table_of_topic

_ABSENT = msgspec.Raw(b"null")


@dataclass(frozen=True)
class Post:
    """A request with records.

    Attributes:
        layer: Topic or stream.
        name: The topic's or the stream's.
        table: Which of the three; None for a topic or stream that is none of theirs.
        records: The records; those of no table are counted under any.
    """

    layer: Layer
    name: str
    table: Table | None
    records: list[Record]


class _Value(msgspec.Struct):
    value: msgspec.Raw = _ABSENT


class _Produce(msgspec.Struct):
    records: list[_Value] = []


class _Entry(msgspec.Struct):
    data: msgspec.Raw = _ABSENT
    aws_data: msgspec.Raw = msgspec.field(name="Data", default=_ABSENT)

    def value(self) -> bytes:
        """What Kinesis stores: a text's characters, else JSON as it was written."""
        raw = bytes(self.data) if self.data != _ABSENT else bytes(self.aws_data)
        return msgspec.json.decode(raw, type=str).encode() if raw.startswith(b'"') else raw


class _Several(msgspec.Struct):
    records: list[_Entry] | None = None
    aws_records: list[_Entry] | None = msgspec.field(name="Records", default=None)


class _One(msgspec.Struct):
    data: msgspec.Raw = msgspec.field(name="Data", default=_ABSENT)


def read_post(method: str, path: str, stream: str | None, media: str, body: bytes) -> Post | None:
    """The records of a request; None when it is no post of records.

    Args:
        method: HTTP verb.
        path: Decoded, with or without a stage.
        stream: `stream-name` of the query.
        media: The Content-Type.
        body: As it was sent.
    """
    segments = [segment for segment in path.split("/") if segment]
    for tail in (segments, segments[1:]):
        match method, tail:
            case "POST", ["topics", name, *rest] if not rest or rest[0] == "partitions":
                return _post(Layer.BATCH, name, _produced(body, binary="binary" in media))
            case (("PUT" | "POST"), ["streams", "record" | "records" as form]) if stream:
                return _post(Layer.SPEED, stream, _put(form, body))
            case (("PUT" | "POST"), ["streams", name, "record" | "records" as form]):
                return _post(Layer.SPEED, name, _put(form, body))
    return None


def _post(layer: Layer, name: str, values: list[bytes]) -> Post:
    table = table_of_topic(name) if layer is Layer.BATCH else table_of_stream(name)
    return Post(layer, name, table, [Record(table or PIN, ind_of(v), v) for v in values])


def _produced(body: bytes, *, binary: bool) -> list[bytes]:
    try:
        raw = [bytes(r.value) for r in msgspec.json.decode(body, type=_Produce).records]
        return [_decoded(value) for value in raw] if binary else raw
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []


def _decoded(value: bytes) -> bytes:
    try:
        return base64.b64decode(msgspec.json.decode(value, type=str | None) or b"")
    except binascii.Error:
        return b""


def _put(form: str, body: bytes) -> list[bytes]:
    try:
        if form == "record":
            return [bytes(msgspec.json.decode(body, type=_One).data)]
        put = msgspec.json.decode(body, type=_Several)
        return [entry.value() for entry in put.records or put.aws_records or []]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
