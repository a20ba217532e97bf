"""Words what became of a record for its layer's journal."""

from services.records.journal import (
    Acked,
    Layer,
    Line,
    Rejected,
    StreamAcked,
    StreamRejected,
    StreamUnknown,
    Unknown,
)
from services.records.record import Attempt, Failed, Record, Sequenced, Stored

_UNKNOWN: dict[Layer, type[Unknown] | type[StreamUnknown]] = {
    Layer.BATCH: Unknown,
    Layer.SPEED: StreamUnknown,
}
_REJECTED: dict[Layer, type[Rejected] | type[StreamRejected]] = {
    Layer.BATCH: Rejected,
    Layer.SPEED: StreamRejected,
}


def outcome(layer: Layer, log: str, record: Record, attempt: Attempt) -> Line:
    """The line for an attempt that needs one; `log` names the topic or stream."""
    table, ind = record.table.name, record.ind
    match attempt:
        case Stored(partition, offset):
            return Acked(table, ind, log, partition, offset)
        case Sequenced(shard_id, sequence_number):
            return StreamAcked(table, ind, log, shard_id, sequence_number)
        case Failed(certain=True):
            return _REJECTED[layer](table, ind, log, attempt.status, attempt.cause)
        case Failed():
            return _UNKNOWN[layer](table, ind, log)
