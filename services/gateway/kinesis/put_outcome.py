"""What became of one record, or of one call to Kinesis: stored, or failed; certainly not stored, or unknown."""

from typing import NamedTuple

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from services.gateway.refused_request import OVERLOADED_RETRY_SECONDS, UNAVAILABLE_RETRY_SECONDS
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

SERVICE_UNAVAILABLE = "ServiceUnavailable"
"""Kinesis was not reached, or the gateway is full: nothing was sent."""

SERVER_ERROR = 500
UNAVAILABLE = 503

_REQUEST_FAULTS = {VALIDATION, INVALID_ARGUMENT, SERIALIZATION}


class KinesisStored(NamedTuple):
    """Kinesis acknowledged the record."""

    shard_id: str
    sequence_number: str

    def entry(self) -> dict[str, str]:
        """PutRecord's response, or the record's entry in that of PutRecords."""
        return {"SequenceNumber": self.sequence_number, "ShardId": self.shard_id}


class KinesisFailed(NamedTuple):
    """The record is not known to be stored.

    Attributes:
        status: HTTP status of a response to this record alone.
        kind: AWS's name of the error.
        message: Kinesis' text, or ours.
        retry_after: Seconds after which it is worth trying again; None when unknown.
        certain: Whether the record is certainly not stored.
        retriable: Whether it is safe and worth while to send it again.
    """

    status: int
    kind: str
    message: str
    retry_after: int | None = None
    certain: bool = True
    retriable: bool = False

    @property
    def missing_stream(self) -> bool:
        """The stream does not exist, or not yet."""
        return self.kind == NOT_FOUND

    def about(self, stream: str) -> "KinesisFailed":
        """The same of a named stream; an emulator that words it by the stream's ARN is put into AWS' words."""
        if self.missing_stream and self.message.startswith("Stream arn "):
            return self._replace(message=stream_not_found(stream).message)
        return self

    @property
    def of_the_request(self) -> bool:
        """Kinesis found the request invalid: one record may be the cause, the others are fine."""
        return self.kind in _REQUEST_FAULTS

    @property
    def of_single_records(self) -> bool:
        """Kinesis gives this error to entries of PutRecords."""
        return self.kind in {THROTTLED, INTERNAL_FAILURE}

    def entry(self) -> dict[str, str]:
        """The record's entry in the response of PutRecords."""
        return {"ErrorCode": self.kind, "ErrorMessage": self.message}


KinesisOutcome = KinesisStored | KinesisFailed


class KinesisCallError(Exception):
    """A control operation, or a call for all records of a request, failed."""

    def __init__(self, failed: KinesisFailed) -> None:
        super().__init__(f"{failed.kind}: {failed.message}")
        self.failed = failed


def failed_check(error: KinesisError) -> KinesisFailed:
    """The gateway's own check refused the request, before Kinesis was called."""
    return KinesisFailed(error.status, error.type_name, error.message)


def unavailable(reason: str) -> KinesisFailed:
    """No connection could be made."""
    text = f"Kinesis does not answer ({reason}); nothing of this request was stored, send it again"
    return KinesisFailed(
        UNAVAILABLE, SERVICE_UNAVAILABLE, text, UNAVAILABLE_RETRY_SECONDS, retriable=True
    )


def not_sent(reason: str) -> KinesisFailed:
    """The record was not sent within its time."""
    text = f"{reason}; nothing of this request was stored, send it again"
    return KinesisFailed(UNAVAILABLE, SERVICE_UNAVAILABLE, text, OVERLOADED_RETRY_SECONDS)


def unknown(reason: str) -> KinesisFailed:
    """The record was sent, and no answer came: it may be stored or not."""
    text = f"{reason}: no answer came; what was sent may be stored or not"
    return KinesisFailed(SERVER_ERROR, INTERNAL_FAILURE, text, certain=False)


def failed_entry(code: str, message: str) -> KinesisFailed:
    """One record's error in the answer of PutRecords: it was not stored."""
    if code == INTERNAL_FAILURE:
        return KinesisFailed(UNAVAILABLE, code, message, OVERLOADED_RETRY_SECONDS, retriable=True)
    return KinesisFailed(400, code, message, retriable=code in THROTTLING)


def failed_call(error: BotoCoreError | ClientError) -> KinesisFailed:
    """What the failure of a whole call means to each of its records.

    Kinesis' 4xx is its word that it did nothing. Its 5xx is not: a server that fails in the middle of its
    work may have stored something.
    """
    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return unavailable("no connection")
    if isinstance(error, HTTPClientError):
        return unknown(_reason(error))
    return KinesisFailed(
        SERVER_ERROR, INTERNAL_FAILURE, f"the gateway cannot call Kinesis: {error}"
    )


def _answered(error: ClientError) -> KinesisFailed:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", SERVER_ERROR))
    body = error.response.get("Error", {})
    kind, message = str(body.get("Code", "")), str(body.get("Message", ""))
    if status >= SERVER_ERROR:
        return unknown(f"Kinesis failed with {status} {message}".rstrip())
    return KinesisFailed(status, kind, message, retriable=kind in THROTTLING)


def _reason(error: HTTPClientError) -> str:
    """The kind of a broken connection, without addresses of Python objects."""
    return {
        "ReadTimeoutError": "Kinesis took too long",
        "ConnectionClosedError": "Kinesis closed the connection",
    }.get(type(error).__name__, "the connection to Kinesis broke")
