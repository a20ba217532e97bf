"""Kinesis Data Streams' limits, checks and error shape: shared by the gateway and the engine.

Pure. Limits are those of AWS's model of 2025 (`kinesis/2013-12-02`), texts those that AWS answers with.
A size is in bytes (a partition key's: its UTF-8), a length of text in characters.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

ACCOUNT = "000000000000"
"""The account of every stream, as LocalStack has it."""

MAX_STREAM_NAME = 128
MAX_PARTITION_KEY = 256
MAX_RECORD_BYTES = 1024 * 1024
MAX_BATCH_RECORDS = 500
MAX_BATCH_BYTES = 10 * 1024 * 1024
MAX_GET_RECORDS = 10_000
MAX_GET_BYTES = 10 * 1024 * 1024
MAX_PAGE = 10_000
HASH_SPACE = 1 << 128
ITERATOR_SECONDS = 300
MIN_RETENTION_HOURS, MAX_RETENTION_HOURS = 24, 8760

VALIDATION = "ValidationException"
INVALID_ARGUMENT = "InvalidArgumentException"
SERIALIZATION = "SerializationException"
NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT_EXCEEDED = "LimitExceededException"
THROTTLED = "ProvisionedThroughputExceededException"
EXPIRED_ITERATOR = "ExpiredIteratorException"
EXPIRED_TOKEN = "ExpiredNextTokenException"  # noqa: S105 - AWS's name of an error
UNKNOWN_OPERATION = "UnknownOperationException"
INTERNAL_FAILURE = "InternalFailure"
THROTTLING = frozenset({THROTTLED, LIMIT_EXCEEDED, "ThrottlingException", "KMSThrottlingException"})
"""Errors that ask to send less for a while."""

_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_QUOTED = 64


class KinesisError(Exception):
    """A request is refused, in Kinesis' words.

    Attributes:
        type_name: AWS's name of the error, e.g. `ResourceNotFoundException`.
        message: The text for people.
        status: HTTP status: 400, or 500 when the service itself failed.
    """

    def __init__(self, type_name: str, message: str, status: int = 400) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name = type_name
        self.message = message
        self.status = status

    def fields(self) -> dict[str, object]:
        """The answer's fields."""
        return {"__type": self.type_name, "message": self.message}

    def body(self) -> bytes:
        """The answer's body in JSON: `{"__type":…,"message":…}`."""
        return msgspec.json.encode(self.fields())


def stream_not_found(name: str) -> KinesisError:
    return KinesisError(NOT_FOUND, f"Stream {name} under account {ACCOUNT} not found.")


def fault(at: str, value: object, constraint: str) -> str:
    """One validation error, as AWS words it; a long value is cut."""
    shown = "null" if value is None else f"'{str(value)[:_QUOTED]}'"
    return f"Value {shown} at '{at}' failed to satisfy constraint: Member must {constraint}"


def length_faults(at: str, value: str | None, most: int) -> list[str]:
    """What is wrong with a required text of 1 to `most` characters."""
    if value is None:
        return [fault(at, None, "not be null")]
    if not value:
        return [fault(at, value, "have length greater than or equal to 1")]
    if len(value) > most:
        return [fault(at, value, f"have length less than or equal to {most}")]
    return []


def range_faults(at: str, value: int | None, least: int, most: int) -> list[str]:
    """What is wrong with an optional number between two others."""
    if value is None or least <= value <= most:
        return []
    if value < least:
        return [fault(at, value, f"have value greater than or equal to {least}")]
    return [fault(at, value, f"have value less than or equal to {most}")]


def stream_name_faults(name: str | None, at: str = "streamName") -> list[str]:
    """What is wrong with a stream's name; one without faults is a folder's name too (AWS takes `.` and `..`)."""
    faults = length_faults(at, name, MAX_STREAM_NAME)
    if name and not _NAME.fullmatch(name):
        pattern = f"satisfy regular expression pattern: {_NAME.pattern}"
        faults.append(fault(at, name, pattern))
    if name in {".", ".."}:
        faults.append(fault(at, name, "be another name than . and .., which are folders"))
    return faults


def record_faults(key: str | None, size: int | None, prefix: str = "") -> list[str]:
    """What is wrong with a record.

    Args:
        key: Partition key; None when there is none.
        size: Bytes of its data; None when there is none.
        prefix: Where the record stands in its request, e.g. `records.3.member.`.
    """
    faults = length_faults(f"{prefix}partitionKey", key, MAX_PARTITION_KEY)
    if size is None:
        faults.append(fault(f"{prefix}data", None, "not be null"))
    elif record_bytes(key or "", size) > MAX_RECORD_BYTES:
        most = f"have length less than or equal to {MAX_RECORD_BYTES} with its partition key"
        faults.append(fault(f"{prefix}data", f"{size} bytes", most))
    return faults


def record_bytes(key: str, size: int) -> int:
    """What a record counts: its data's bytes and its key's."""
    return size + (len(key) if key.isascii() else len(key.encode(errors="surrogatepass")))


def batch_faults(records: Sequence[tuple[str | None, int | None]] | None) -> list[str]:
    """What is wrong with the records (key, bytes of data) of one PutRecords; entries count from 1."""
    if records is None:
        return [fault("records", None, "not be null")]
    if not records:
        return [fault("records", "[]", "have length greater than or equal to 1")]
    if len(records) > MAX_BATCH_RECORDS:
        most = f"have length less than or equal to {MAX_BATCH_RECORDS}"
        return [fault("records", f"[{len(records)} records]", most)]
    faults: list[str] = []
    for place, (key, size) in enumerate(records, start=1):
        if not key or size is None or len(key) > MAX_PARTITION_KEY or size > _SURELY_FITS:
            faults += record_faults(key, size, f"records.{place}.member.")
    return faults


_SURELY_FITS = MAX_RECORD_BYTES - 4 * MAX_PARTITION_KEY


def require(faults: Iterable[str]) -> None:
    """Refuse a request that has faults, all in one message.

    Raises:
        KinesisError: ValidationException, when there is a fault.
    """
    found = list(faults)
    if found:
        plural = "s" if len(found) > 1 else ""
        message = f"{len(found)} validation error{plural} detected: {'; '.join(found)}"
        raise KinesisError(VALIDATION, message)


def check_stream_name(name: str | None) -> None:
    """Refuse a name that no stream can have.

    Raises:
        KinesisError: ValidationException.
    """
    require(stream_name_faults(name))


def check_record(key: str | None, size: int | None) -> None:
    """Refuse a record that Kinesis would not take (see `record_faults`).

    Raises:
        KinesisError: ValidationException.
    """
    require(record_faults(key, size))


def check_batch(records: Sequence[tuple[str | None, int | None]] | None) -> None:
    """Refuse a PutRecords that Kinesis would not take: all its records, or none.

    Raises:
        KinesisError: ValidationException, or InvalidArgumentException when it is too big in all.
    """
    require(batch_faults(records))
    total = sum(record_bytes(key or "", size or 0) for key, size in records or ())
    if total > MAX_BATCH_BYTES:
        raise KinesisError(
            INVALID_ARGUMENT,
            f"Records size exceeds 10 MiB limit: {total} bytes. Send fewer records a request.",
        )
