"""Answers of the proxy: Kinesis' own bodies, and API Gateway's refusals and headers."""

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
from services.gateway.refusals import JSON, RefusalError

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
    """The answer with the two identifiers that API Gateway gives every request."""
    response.headers["x-amzn-RequestId"] = str(uuid4())
    response.headers["x-amz-apigw-id"] = base64.b64encode(
        secrets.token_bytes(_API_ID_BYTES)
    ).decode()
    return response


def gateway_error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """API Gateway's own refusal."""
    said = {"x-amzn-ErrorType": _ERROR_TYPES.get(status, "BadRequestException"), **(headers or {})}
    return Response(msgspec.json.encode({"message": message}), status, said, media_type=JSON)


def refused(error: RefusalError) -> Response:
    """What the gateway's frame refuses: a body too long or too slow, a full budget."""
    return gateway_error(error.status, error.message, dict(error.headers or {}))


def missing_token() -> Response:
    """No such resource, or not with this verb: these are API Gateway's words for both."""
    return gateway_error(403, "Missing Authentication Token")


def kinesis_error(failed: KinesisFailed) -> Response:
    """An error that speaks of the whole request, in Kinesis' shape."""
    body = msgspec.json.encode({"__type": failed.kind, "message": failed.message})
    return Response(body, failed.status, _retry_after(failed), media_type=JSON)


def put_record(outcome: KinesisOutcome) -> Response:
    """PutRecord's answer."""
    return (
        success(outcome.entry()) if isinstance(outcome, KinesisStored) else kinesis_error(outcome)
    )


def put_records(outcomes: Sequence[KinesisOutcome]) -> Response:
    """PutRecords' answer: 200 when one record at least is stored and the fate of all is known.

    An entry with an ErrorCode says that its record is not stored. Of a record whose fate is unknown that
    would be a lie, so a request with such a record is as a whole unknown.
    """
    failures = [outcome for outcome in outcomes if isinstance(outcome, KinesisFailed)]
    doubtful = [failed for failed in failures if not failed.certain]
    if doubtful:
        return kinesis_error(_doubt(doubtful, len(outcomes)))
    whole = [failed for failed in failures if not failed.by_record]
    if whole and len(failures) == len(outcomes):
        return kinesis_error(whole[0])
    entries = [outcome.entry() for outcome in outcomes]
    response = success({"FailedRecordCount": len(failures), "Records": entries})
    if len(failures) == len(outcomes):
        response.status_code = UNAVAILABLE
        response.headers["Retry-After"] = str(_longest(failures))
    return response


def success(body: dict[str, Any]) -> Response:
    """What Kinesis said, of texts and numbers."""
    return Response(msgspec.json.encode(body), media_type=JSON)


def as_json(body: dict[str, Any]) -> Response:
    """What Kinesis said: times in epoch seconds, bytes in base64, as on the wire."""
    return success(_plain(body))


def empty() -> Response:
    """200 with no data: a stream was made, or is being deleted."""
    return Response(b"", media_type=JSON)


def _doubt(doubtful: Sequence[KinesisFailed], count: int) -> KinesisFailed:
    if len(doubtful) == count:
        return doubtful[0]
    return doubtful[0]._replace(
        message=f"{len(doubtful)} of {count} records: {doubtful[0].message}"
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
