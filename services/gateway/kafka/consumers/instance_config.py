"""What a client asks for when it creates a consumer instance, checked and made a configuration of librdkafka's."""

import re
import uuid
from dataclasses import dataclass

from services.gateway.kafka.consumers.bodies import CreateBody
from services.gateway.media import Format
from services.gateway.refused_request import RefusalError

REQUEST_SECONDS = 1.0
"""`consumer.request.timeout.ms` of the original."""
MOST_REQUEST_SECONDS = 29.0
"""API Gateway's own timeout: no client in the course's cloud got an answer that came later."""
MOST_MIN_BYTES = 10_000_000
PREFETCHED_KIBIBYTES = 1024
_NAME = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True)
class InstanceConfig:
    """Of one consumer: the REST proxy's own settings, and `kafka`, librdkafka's.

    Attributes:
        auto_commit: Whether what was handed out is committed without being asked for.
    """

    group: str
    name: str
    format: Format
    auto_commit: bool
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
    return InstanceConfig(
        group=_name("group", group),
        name=_name("name", body.id or body.name or f"rest-consumer-{uuid.uuid4()}"),
        format=_format(body.format),
        auto_commit=_auto_commit(body.auto_commit_enable),
        request_seconds=_request_seconds(body.request_timeout_ms),
        min_bytes=_min_bytes(body.fetch_min_bytes),
        kafka=_kafka(group, "error" if reset == "none" else reset, bootstrap),
    )


def _kafka(group: str, reset: str, bootstrap: str) -> dict[str, object]:
    """The client itself never commits: it would commit what was fetched, and not handed out."""
    return {
        "bootstrap.servers": bootstrap,
        "group.id": group,
        "auto.offset.reset": reset,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "allow.auto.create.topics": False,
        "topic.metadata.refresh.interval.ms": 5000,
        "max.poll.interval.ms": 600_000,
        "session.timeout.ms": 10_000,
        "reconnect.backoff.max.ms": 1000,
        "queued.max.messages.kbytes": PREFETCHED_KIBIBYTES,
        "fetch.max.bytes": PREFETCHED_KIBIBYTES * 1024,
        "log_level": 2,
        "error_cb": lambda _error: None,
    }


def _name(what: str, text: str) -> str:
    """A group's or an instance's name: a segment of the instance's address."""
    if _NAME.fullmatch(text):
        return text
    raise _invalid(
        f"the {what} {text[:80]!r} has to stand in the instance's address: up to 255 characters, "
        "no slash, no control character, not . or .."
    )


def _auto_commit(value: object) -> bool:
    """Kafka's default is true."""
    text = "true" if value is None else str(value).lower()
    if text not in {"true", "false"}:
        raise _invalid(f"auto.commit.enable is {text!r}; it is true or false")
    return text == "true"


def _format(name: str | None) -> Format:
    try:
        return Format((name or "binary").lower())
    except ValueError as error:
        raise RefusalError(422, "Invalid format type.") from error


def _request_seconds(milliseconds: int | str | None) -> float:
    value = REQUEST_SECONDS if milliseconds is None else _number(milliseconds) / 1000
    return min(max(0.0, value), MOST_REQUEST_SECONDS)


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
