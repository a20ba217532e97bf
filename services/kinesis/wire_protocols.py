"""The two encodings of Kinesis' protocol: JSON 1.1, and CBOR 1.1, which AWS' Java SDKs speak of themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import cbor2
import msgspec

CBOR_CONTENT_TYPE = b"application/x-amz-cbor-1.1"

_EPOCH = 1
"""CBOR's tag of a time. AWS puts milliseconds behind it, where RFC 8949 has seconds."""

_NESTING = 32
"""No action's request is deeper than three."""


class UnreadableBodyError(ValueError):
    """A request's body is not in the encoding that its head names, or not of the action's shape."""


@dataclass(frozen=True)
class WireProtocol:
    """One encoding of requests and responses.

    Attributes:
        read: A request's body as an action's struct.
        write: A response's fields as its body.
    """

    content_type: bytes
    read: Callable[[bytes, type[msgspec.Struct]], Any]
    write: Callable[[dict[str, object]], bytes]


@cache
def _decoder(kind: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _read_json(body: bytes, kind: type[msgspec.Struct]) -> Any:
    try:
        return _decoder(kind).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableBodyError(str(error)) from error


def _read_cbor(body: bytes, kind: type[msgspec.Struct]) -> Any:
    try:
        fields = cbor2.loads(body, semantic_decoders={_EPOCH: _seconds}, max_depth=_NESTING)
        return msgspec.convert(fields, kind, builtin_types=(bytes,))
    except (cbor2.CBORError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableBodyError(str(error)) from error


def _seconds(milliseconds: object, _immutable: bool) -> float:  # noqa: FBT001 - cbor2 calls it so
    if not isinstance(milliseconds, int | float):
        raise UnreadableBodyError("a time must be a number of milliseconds")
    return milliseconds / 1000


def _write_cbor(fields: dict[str, object]) -> bytes:
    return cbor2.dumps(_tagged(fields))


def _tagged(value: Any, name: str = "") -> Any:
    """The same fields with their times tagged, in milliseconds."""
    if isinstance(value, dict):
        return {name: _tagged(field, name) for name, field in value.items()}
    if isinstance(value, list):
        return [_tagged(field) for field in value]
    if name.endswith("Timestamp") and isinstance(value, int | float):
        return cbor2.CBORTag(_EPOCH, round(value * 1000))
    return value


JSON = WireProtocol(b"application/x-amz-json-1.1", _read_json, msgspec.json.encode)
CBOR = WireProtocol(CBOR_CONTENT_TYPE, _read_cbor, _write_cbor)


def protocol_of(content_type: bytes) -> WireProtocol:
    """The encoding that a request's `Content-Type` names; JSON when it names none that is spoken here."""
    return CBOR if content_type.partition(b";")[0].strip() == CBOR_CONTENT_TYPE else JSON
