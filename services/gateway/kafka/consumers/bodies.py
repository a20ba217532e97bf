"""Bodies of the consumer calls' requests: instance, subscription, partitions, offsets, positions."""

from datetime import UTC, datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from services.gateway.refused_request import RefusalError

T = TypeVar("T")

PartitionId = tuple[str, int]
"""Topic and partition."""


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
    topic: str
    partition: Annotated[int, Meta(ge=0)]

    @property
    def id(self) -> PartitionId:
        return self.topic, self.partition


class OffsetBody(PartitionBody):
    offset: Annotated[int, Meta(ge=0)]
    metadata: str | None = None


class TimestampBody(PartitionBody):
    timestamp: datetime

    @property
    def milliseconds(self) -> int:
        """The time as Kafka counts it; one without a zone is UTC."""
        at = self.timestamp
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


class SubscribeBody(Struct):
    """Topics, or a pattern; given both, the topics win."""

    topics: list[str] | None = None
    topic_pattern: str | None = None


class PartitionsBody(Struct):
    partitions: list[PartitionBody]


class OffsetsBody(Struct):
    offsets: list[OffsetBody]


class PositionsBody(Struct):
    """Offsets, times, or both."""

    offsets: list[OffsetBody] = []
    timestamps: list[TimestampBody] = []


def decode(body: bytes, kind: type[T]) -> T:
    """Decode a request's body.

    Raises:
        RefusalError: 422 for an empty body, 400 for one that is not of that shape.
    """
    if not body.strip():
        raise RefusalError(422, "the request's body must not be null (was null)")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RefusalError(400, str(error)) from error
