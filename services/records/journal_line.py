"""The lines of a journal: what became of one record, in the batch layer and in the speed layer.

docs/architecture.md fixes their shape. `outcome` is acked, unknown or rejected:

* acked: the record is in the log, and where.
* unknown: a send whose answer never came, or left in doubt whether it was stored: 0 or 1 times. Each
  such send is a line of its own, also when the record was sent again and acked then.
* rejected: the record was given up and is certainly not in the log, after any of its sends; with the
  HTTP status (0 when there was no answer because nothing could be sent) and the cause.
"""

import msgspec

from services.records.attempt import AttemptResult, FailedAttempt, StoredInStream, StoredInTopic
from services.records.layer import Layer
from services.records.record import Record


class _Line(msgspec.Struct, frozen=True, tag_field="outcome"):
    """What every line says: the table's short name and the row's key."""

    table: str
    ind: int


class _TopicLine(_Line, frozen=True):
    """The record was sent to a Kafka topic."""

    topic: str


class TopicAcked(_TopicLine, frozen=True, tag="acked"):
    """The record is in the topic, at this offset."""

    partition: int
    offset: int


class TopicUnknown(_TopicLine, frozen=True, tag="unknown"):
    """The topic may hold what this send carried."""


class TopicRejected(_TopicLine, frozen=True, tag="rejected"):
    """The record is certainly not in the topic."""

    status: int
    message: str


class _StreamLine(_Line, frozen=True):
    """The record was sent to a Kinesis stream."""

    stream: str


class StreamAcked(_StreamLine, frozen=True, tag="acked"):
    """The record is in the stream, in this shard; sequence numbers compare as integers."""

    shard_id: str
    sequence_number: str


class StreamUnknown(_StreamLine, frozen=True, tag="unknown"):
    """The stream may hold what this send carried."""


class StreamRejected(_StreamLine, frozen=True, tag="rejected"):
    """The record is certainly not in the stream."""

    status: int
    message: str


BatchLine = TopicAcked | TopicUnknown | TopicRejected
SpeedLine = StreamAcked | StreamUnknown | StreamRejected
JournalLine = BatchLine | SpeedLine

ACKED = (TopicAcked, StreamAcked)
UNKNOWN = (TopicUnknown, StreamUnknown)
REJECTED = (TopicRejected, StreamRejected)
"""The outcomes, whichever the layer."""

_UNKNOWN: dict[Layer, type[TopicUnknown] | type[StreamUnknown]] = {
    Layer.BATCH: TopicUnknown,
    Layer.SPEED: StreamUnknown,
}
_REJECTED: dict[Layer, type[TopicRejected] | type[StreamRejected]] = {
    Layer.BATCH: TopicRejected,
    Layer.SPEED: StreamRejected,
}


def journal_line(layer: Layer, log: str, record: Record, attempt: AttemptResult) -> JournalLine:
    """The line for an attempt that needs one; `log` names the topic or stream."""
    table, ind = record.table.name, record.ind
    match attempt:
        case StoredInTopic(partition, offset):
            return TopicAcked(table, ind, log, partition, offset)
        case StoredInStream(shard_id, sequence_number):
            return StreamAcked(table, ind, log, shard_id, sequence_number)
        case FailedAttempt(certain=True):
            return _REJECTED[layer](table, ind, log, attempt.status, attempt.cause)
        case FailedAttempt():
            return _UNKNOWN[layer](table, ind, log)
