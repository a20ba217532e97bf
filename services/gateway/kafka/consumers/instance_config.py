"""What a client asks for when it creates a consumer instance, checked and made a configuration of librdkafka's."""

import uuid
from dataclasses import dataclass

from services.gateway.kafka.consumers.bodies import CreateBody
from services.gateway.media import Format
from services.gateway.refused_request import RefusalError

REQUEST_SECONDS = 1.0
"""`consumer.request.timeout.ms` of the original."""
MOST_MIN_BYTES = 10_000_000


@dataclass(frozen=True)
class InstanceConfig:
    """Of one consumer: the REST proxy's own settings, and `kafka`, librdkafka's."""

    group: str
    name: str
    format: Format
    request_seconds: float
    min_bytes: int
    kafka: dict[str, object]


def instance_config(group: str, body: CreateBody, bootstrap: str) -> InstanceConfig:
    """The instance that a client asks for.

    Raises:
        RefusalError: 422 with the field that is wrong.
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
