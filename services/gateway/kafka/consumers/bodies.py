"""Bodies of the consumer calls: what clients send, and the records that they get."""

import base64
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from confluent_kafka import Message
from msgspec import Meta, Struct

from services.gateway.kafka.consumers.rest_consumer import InstanceConfig, PartitionId
from services.gateway.media import Format
from services.gateway.refusals import RefusalError

T = TypeVar("T")

REQUEST_SECONDS = 1.0
"""`consumer.request.timeout.ms` of the original."""
MOST_MIN_BYTES = 10_000_000


class CreateBody(Struct, forbid_unknown_fields=True):
    """`POST /consumers/{group}`; all fields may be missing."""

    name: str | None = None
    id: str | None = None
    format: str | None = None
    auto_offset_reset: str | None = msgspec.field(name="auto.offset.reset", default=None)
    auto_commit_enable: str | bool | None = msgspec.field(name="auto.commit.enable", default=None)
    fetch_min_bytes: int | str | None = msgspec.field(name="fetch.min.bytes", default=None)
    request_timeout_ms: int | str | None = msgspec.field(
        name="consumer.request.timeout.ms", default=None
    )


class PartitionBody(Struct):
    """One partition of a topic."""

    topic: str
    partition: Annotated[int, Meta(ge=0)]

    @property
    def place(self) -> PartitionId:
        """As the consumer names it."""
        return self.topic, self.partition


class OffsetBody(PartitionBody):
    """A place in a partition."""

    offset: Annotated[int, Meta(ge=0)]
    metadata: str | None = None


class TimestampBody(PartitionBody):
    """A moment in a partition."""

    timestamp: datetime

    @property
    def milliseconds(self) -> int:
        """The moment as Kafka counts it; a time without a zone is UTC."""
        at = self.timestamp
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


class SubscribeBody(Struct):
    """Topics, or a pattern; given both, the topics win."""

    topics: list[str] | None = None
    topic_pattern: str | None = None


class PartitionsBody(Struct):
    """Partitions."""

    partitions: list[PartitionBody]


class OffsetsBody(Struct):
    """Places to commit."""

    offsets: list[OffsetBody]


class PositionsBody(Struct):
    """Places, moments, or both."""

    offsets: list[OffsetBody] = []
    timestamps: list[TimestampBody] = []


def decode(body: bytes, kind: type[T]) -> T:
    """Read a body.

    Raises:
        ApiError: 422 for an empty body, 400 for one that is not of that shape.
    """
    if not body.strip():
        raise RefusalError(422, "the request's body must not be null (was null)")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RefusalError(400, str(error)) from error


def instance_config(group: str, body: CreateBody, bootstrap: str) -> InstanceConfig:
    """The instance that a client asks for.

    Raises:
        ApiError: 422 with the field that is wrong.
    """
    reset = body.auto_offset_reset or "latest"
    if reset not in {"earliest", "latest", "none"}:
        raise _invalid(f"auto.offset.reset is {reset!r}; it is earliest, latest or none")
    commit = str(body.auto_commit_enable or "false").lower()
    if commit not in {"true", "false"}:
        raise _invalid(f"auto.commit.enable is {commit!r}; it is true or false")
    return InstanceConfig(
        group=group,
        name=body.name or body.id or f"rest-consumer-{uuid.uuid4()}",
        format=_format(body.format),
        request_seconds=_request_seconds(body.request_timeout_ms),
        min_bytes=_min_bytes(body.fetch_min_bytes),
        kafka={
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "error" if reset == "none" else reset,
            "enable.auto.commit": commit == "true",
            "allow.auto.create.topics": False,
            "topic.metadata.refresh.interval.ms": 5000,
            "max.poll.interval.ms": 600_000,
            "session.timeout.ms": 10_000,
            "reconnect.backoff.max.ms": 1000,
            "log_level": 2,
            "error_cb": lambda _error: None,
        },
    )


def _format(name: str | None) -> Format:
    try:
        return Format((name or "binary").lower())
    except ValueError as error:
        raise RefusalError(422, "Invalid format type.") from error


def _request_seconds(milliseconds: int | str | None) -> float:
    value = REQUEST_SECONDS if milliseconds is None else _number(milliseconds) / 1000
    return max(0.0, value)


def _min_bytes(value: int | str | None) -> int:
    number = -1 if value is None else _number(value)
    if -1 <= number <= MOST_MIN_BYTES:
        return number
    raise RefusalError(
        422,
        "Invalid consumer configuration. It does not abide by the constraints: "
        f"fetch.min.bytes is {number}; it is -1 to {MOST_MIN_BYTES}",
        code=40001,
    )


def _number(value: int | str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise _invalid(f"{value!r} is no number") from error


def _invalid(why: str) -> RefusalError:
    return RefusalError(422, f"Invalid consumer configuration: {why}", code=42204)


def encode_records(messages: list[Message], format_: Format) -> bytes:
    """The records as JSON, fields in the original's order.

    Raises:
        ApiError: 408, a JSON consumer met bytes that are not JSON.
    """
    embed = _json if format_ is Format.JSON else _base64
    return msgspec.json.encode(
        [
            {
                "topic": message.topic(),
                "key": embed(message.key(), message),
                "value": embed(message.value(), message),
                "partition": message.partition(),
                "offset": message.offset(),
            }
            for message in messages
        ]
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
        raise RefusalError(408, f"{where}: the bytes are not JSON", code=40801) from error
