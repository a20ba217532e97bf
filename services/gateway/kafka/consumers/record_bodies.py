"""Records as a consumer's client reads them: JSON or base64 in the REST proxy's shape."""

import base64
from typing import Any

import msgspec
from confluent_kafka import Message

from services.gateway.media import Format
from services.gateway.refused_request import RefusalError


def encode_record(message: Message, format_: Format) -> bytes:
    """The record as JSON, fields in the original's order.

    Raises:
        RefusalError: 408, a JSON consumer met bytes that are not JSON.
    """
    embed = _json if format_ is Format.JSON else _base64
    return msgspec.json.encode(
        {
            "topic": message.topic(),
            "key": embed(message.key(), message),
            "value": embed(message.value(), message),
            "partition": message.partition(),
            "offset": message.offset(),
        }
    )


def _base64(data: bytes | None, _message: Message) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _json(data: bytes | None, message: Message) -> Any:
    if data is None:
        return None
    try:
        data.decode()
        return msgspec.json.decode(data, type=msgspec.Raw)
    except (UnicodeDecodeError, msgspec.MsgspecError, RecursionError) as error:
        where = f"{message.topic()}, partition {message.partition()}, offset {message.offset()}"
        raise RefusalError(
            408,
            f"{where}: the bytes are not JSON; read on behind it by POST …/positions, "
            "or read by an instance of the format binary",
            code=40801,
        ) from error
