"""The actions IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod."""

import msgspec

from services.kinesis.actions.request import ActionResponse, StreamRequest, stream_of
from services.kinesis.engine import Engine
from services.kinesis.stream import KinesisStream
from services.records.kinesis_api import (
    INVALID_ARGUMENT,
    MAX_RETENTION_HOURS,
    MIN_RETENTION_HOURS,
    KinesisError,
    fault,
    range_faults,
)


class Retention(StreamRequest):
    retention_period_hours: int | None = None


def increase_retention(engine: Engine, request: Retention) -> ActionResponse:
    """Keep records longer.

    Raises:
        KinesisError: it is not longer, or cannot be.
    """
    stream, hours = _retention(engine, request)
    if hours < stream.description.retention_hours:
        raise _no_change(stream, hours, "IncreaseStreamRetentionPeriod", "longer")
    return _retain(stream, hours)


def decrease_retention(engine: Engine, request: Retention) -> ActionResponse:
    """Keep records less long.

    Raises:
        KinesisError: it is not shorter, or cannot be.
    """
    stream, hours = _retention(engine, request)
    if hours > stream.description.retention_hours:
        raise _no_change(stream, hours, "DecreaseStreamRetentionPeriod", "shorter")
    return _retain(stream, hours)


def _retention(engine: Engine, request: Retention) -> tuple[KinesisStream, int]:
    hours = request.retention_period_hours
    at = "retentionPeriodHours"
    faults = range_faults(at, hours, MIN_RETENTION_HOURS, MAX_RETENTION_HOURS)
    if hours is None:
        faults.append(fault(at, None, "not be null"))
    return stream_of(engine, request, faults), hours or MIN_RETENTION_HOURS


def _no_change(stream: KinesisStream, hours: int, action: str, wanted: str) -> KinesisError:
    return KinesisError(
        INVALID_ARGUMENT,
        f"Requested retention period ({hours} hours) for stream {stream.name} must be {wanted} than the "
        f"existing retention period ({stream.description.retention_hours} hours). Action: {action}.",
    )


def _retain(stream: KinesisStream, hours: int) -> ActionResponse:
    stream.change(msgspec.structs.replace(stream.description, retention_hours=hours))
    return None
