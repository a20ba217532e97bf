"""Responses of the Kinesis proxy: Kinesis' own bodies, and API Gateway's errors and headers."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from starlette.responses import Response

from services.gateway.kinesis.put_outcome import (
    UNAVAILABLE,
    KinesisFailed,
    KinesisOutcome,
    KinesisStored,
)
from services.gateway.refused_request import JSON, RefusalError

_ERROR_TYPES = {
    403: "MissingAuthenticationTokenException",
    408: "RequestTimeoutException",
    413: "RequestTooLargeException",
    415: "UnsupportedMediaTypeException",
    500: "InternalServerErrorException",
    503: "ServiceUnavailableException",
}
_API_ID_BYTES = 11


def with_request_ids(response: Response) -> Response:
    """The response with the two headers that API Gateway gives every request."""
    response.headers["x-amzn-RequestId"] = str(uuid4())
    response.headers["x-amz-apigw-id"] = base64.b64encode(
        secrets.token_bytes(_API_ID_BYTES)
    ).decode()
    return response


def gateway_error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """API Gateway's own error."""
    all_headers = {
        "x-amzn-ErrorType": _ERROR_TYPES.get(status, "BadRequestException"),
        **(headers or {}),
    }
    return Response(msgspec.json.encode({"message": message}), status, all_headers, media_type=JSON)


def refused(error: RefusalError) -> Response:
    """A refusal that the Kafka routes share: a body too long or too slow, a full budget."""
    return gateway_error(error.status, error.message, dict(error.headers or {}))


def missing_token() -> Response:
    """No such resource, or not with this verb: these are API Gateway's words for both."""
    return gateway_error(403, "Missing Authentication Token")


def kinesis_error(failed: KinesisFailed) -> Response:
    """An error of the whole request, in Kinesis' shape `{"__type", "message"}`."""
    body = msgspec.json.encode({"__type": failed.kind, "message": failed.message})
    return Response(body, failed.status, _retry_after(failed), media_type=JSON)


def put_record(outcome: KinesisOutcome) -> Response:
    """PutRecord's response."""
    return (
        success(outcome.entry()) if isinstance(outcome, KinesisStored) else kinesis_error(outcome)
    )


def put_records(outcomes: Sequence[KinesisOutcome]) -> Response:
    """PutRecords' response: 200 when one record at least is stored and no outcome is unknown.

    An entry with an ErrorCode says that its record is not stored. Of a record whose outcome is unknown that
    would be a lie, so a request with such a record is unknown as a whole.
    """
    failures = [outcome for outcome in outcomes if isinstance(outcome, KinesisFailed)]
    unknown = [failed for failed in failures if not failed.certain]
    if unknown:
        return kinesis_error(_unknown(unknown, len(outcomes)))
    whole = [failed for failed in failures if not failed.of_single_records]
    if whole and len(failures) == len(outcomes):
        return kinesis_error(whole[0])
    entries = [outcome.entry() for outcome in outcomes]
    response = success({"FailedRecordCount": len(failures), "Records": entries})
    if len(failures) == len(outcomes):
        response.status_code = UNAVAILABLE
        response.headers["Retry-After"] = str(_longest(failures))
    return response


def success(body: dict[str, Any]) -> Response:
    """Kinesis' own response, of texts and numbers."""
    return Response(msgspec.json.encode(body), media_type=JSON)


def as_json(body: dict[str, Any]) -> Response:
    """Kinesis' own response as on the wire: times in epoch seconds, bytes in base64."""
    return success(_plain(body))


def empty() -> Response:
    """200 with no data: a stream was created, or is being deleted."""
    return Response(b"", media_type=JSON)


def _unknown(failures: Sequence[KinesisFailed], count: int) -> KinesisFailed:
    if len(failures) == count:
        return failures[0]
    return failures[0]._replace(
        message=f"{len(failures)} of {count} records: {failures[0].message}"
    )


def _longest(failures: Sequence[KinesisFailed]) -> int:
    return max(failed.retry_after or 1 for failed in failures)


def _retry_after(failed: KinesisFailed) -> dict[str, str] | None:
    return {"Retry-After": str(failed.retry_after)} if failed.retry_after else None


def _plain(value: Any) -> Any:
    """boto3 makes datetimes of Kinesis' numbers; msgspec writes bytes as base64 by itself."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
