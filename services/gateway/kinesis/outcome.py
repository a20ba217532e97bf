"""What became of one record, or of one call: stored, or failed, and how certain that is."""

from typing import NamedTuple

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from services.gateway.errors import AWAY_RETRY_SECONDS, BUSY_RETRY_SECONDS
from services.records.kinesis_api import (
    INTERNAL_FAILURE,
    INVALID_ARGUMENT,
    NOT_FOUND,
    SERIALIZATION,
    THROTTLED,
    THROTTLING,
    VALIDATION,
    KinesisError,
    stream_not_found,
)

AWAY = "ServiceUnavailable"
"""Kinesis was not reached, or the gateway is full: nothing was sent."""

SERVER_ERROR = 500
UNAVAILABLE = 503

_REQUEST_FAULTS = {VALIDATION, INVALID_ARGUMENT, SERIALIZATION}


class Stored(NamedTuple):
    """Kinesis acknowledged the record."""

    shard_id: str
    sequence_number: str

    def entry(self) -> dict[str, str]:
        """The record's answer, alone or as an entry."""
        return {"SequenceNumber": self.sequence_number, "ShardId": self.shard_id}


class Failed(NamedTuple):
    """The record is not known to be stored.

    Attributes:
        status: HTTP status of an answer that speaks of this record alone.
        kind: AWS's name of the error.
        message: Kinesis' text, or ours.
        retry_after: Seconds after which it is worth trying again; None when nobody can say.
        certain: Whether the record is certainly not stored.
        passing: Whether it is safe and worth while to send it again.
    """

    status: int
    kind: str
    message: str
    retry_after: int | None = None
    certain: bool = True
    passing: bool = False

    @property
    def missing_stream(self) -> bool:
        """The stream is not there, or not yet."""
        return self.kind == NOT_FOUND

    def about(self, stream: str) -> "Failed":
        """The same of a named stream; an emulator that words it by the stream's ARN is put into AWS' words."""
        if self.missing_stream and self.message.startswith("Stream arn "):
            return self._replace(message=stream_not_found(stream).message)
        return self

    @property
    def of_the_request(self) -> bool:
        """One record may have spoilt the call for those that travelled with it."""
        return self.kind in _REQUEST_FAULTS

    @property
    def by_record(self) -> bool:
        """Kinesis says such a thing of single records."""
        return self.kind in {THROTTLED, INTERNAL_FAILURE}

    def entry(self) -> dict[str, str]:
        """The record's entry in the answer to several."""
        return {"ErrorCode": self.kind, "ErrorMessage": self.message}


Outcome = Stored | Failed


class RefusedError(Exception):
    """A call that concerns no record, or all of a request, failed."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(f"{failed.kind}: {failed.message}")
        self.failed = failed


def refused(error: KinesisError) -> Failed:
    """What we found wrong before Kinesis was asked."""
    return Failed(error.status, error.type_name, error.message)


def away(reason: str) -> Failed:
    """No connection was ever made."""
    text = f"Kinesis does not answer ({reason}); nothing of this request was stored, send it again"
    return Failed(UNAVAILABLE, AWAY, text, AWAY_RETRY_SECONDS, passing=True)


def not_sent(reason: str) -> Failed:
    """The gateway did not come round to sending it."""
    text = f"{reason}; nothing of this request was stored, send it again"
    return Failed(UNAVAILABLE, AWAY, text, BUSY_RETRY_SECONDS)


def unknown(reason: str) -> Failed:
    """The record was sent, and no answer tells what became of it."""
    text = f"{reason}: no answer came; what was sent may be stored or not"
    return Failed(SERVER_ERROR, INTERNAL_FAILURE, text, certain=False)


def failed_entry(code: str, message: str) -> Failed:
    """One record's error in the answer of PutRecords: it was not stored."""
    if code == INTERNAL_FAILURE:
        return Failed(UNAVAILABLE, code, message, BUSY_RETRY_SECONDS, passing=True)
    return Failed(400, code, message, passing=code in THROTTLING)


def failed_call(error: BotoCoreError | ClientError) -> Failed:
    """What the failure of a whole call means to each of its records.

    Kinesis' 4xx is its word that it did nothing. Its 5xx is not: a server that fails in the middle of its
    work may have stored something.
    """
    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return away("no connection")
    if isinstance(error, HTTPClientError):
        return unknown(_reason(error))
    return Failed(SERVER_ERROR, INTERNAL_FAILURE, f"the gateway cannot call Kinesis: {error}")


def _answered(error: ClientError) -> Failed:
    """Kinesis answered with an error, in its own words."""
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", SERVER_ERROR))
    told = error.response.get("Error", {})
    kind, message = str(told.get("Code", "")), str(told.get("Message", ""))
    if status >= SERVER_ERROR:
        return unknown(f"Kinesis failed with {status} {message}".rstrip())
    return Failed(status, kind, message, passing=kind in THROTTLING)


def _reason(error: HTTPClientError) -> str:
    """The kind of a broken connection, without addresses of Python objects."""
    return {
        "ReadTimeoutError": "Kinesis took too long",
        "ConnectionClosedError": "Kinesis closed the connection",
    }.get(type(error).__name__, "the connection to Kinesis broke")
