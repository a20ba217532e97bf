"""What an answer says when its records met different fates."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from starlette.responses import Response

from services.gateway.kinesis.put_outcome import (
    SERVICE_UNAVAILABLE,
    KinesisFailed,
    KinesisOutcome,
    KinesisStored,
    failed_call,
    failed_entry,
    not_sent,
    unavailable,
    unknown,
)
from services.gateway.kinesis.responses import as_json, put_record, put_records
from services.records.kinesis_api import INTERNAL_FAILURE, NOT_FOUND, THROTTLED

STORED = KinesisStored("shardId-000000000001", "49")
SLOW = failed_entry(THROTTLED, "slow")
BROKEN = failed_entry(INTERNAL_FAILURE, "broken")
NO_STREAM = KinesisFailed(400, NOT_FOUND, "none")
LOST = unknown("lost")


def body(answer: Response) -> Any:
    """The answer's body, parsed."""
    return json.loads(bytes(answer.body))


@pytest.mark.parametrize(
    ("outcomes", "status", "failed"),
    [
        ([STORED, STORED], 200, 0),
        ([STORED, SLOW], 200, 1),
        ([STORED, NO_STREAM], 200, 1),
        ([SLOW, BROKEN], 503, 2),
        ([SLOW, NO_STREAM], 400, None),
        ([NO_STREAM, NO_STREAM], 400, None),
        ([unavailable("x"), unavailable("x")], 503, None),
        ([STORED, LOST], 500, None),
        ([SLOW, LOST], 500, None),
        ([LOST, LOST], 500, None),
    ],
)
def test_several(outcomes: list[KinesisOutcome], status: int, failed: int | None) -> None:
    """200 needs a stored record and no doubt; a body without entries speaks of all records."""
    answer = put_records(outcomes)
    assert answer.status_code == status
    assert body(answer).get("FailedRecordCount") == failed
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize(
    ("outcome", "status", "kind"),
    [
        (STORED, 200, None),
        (SLOW, 400, THROTTLED),
        (BROKEN, 503, INTERNAL_FAILURE),
        (NO_STREAM, 400, NOT_FOUND),
        (not_sent("x"), 503, SERVICE_UNAVAILABLE),
        (LOST, 500, INTERNAL_FAILURE),
    ],
)
def test_one(outcome: KinesisOutcome, status: int, kind: str | None) -> None:
    """Only doubt is a 500, and only a 503 says when to come back."""
    answer = put_record(outcome)
    assert (answer.status_code, body(answer).get("__type")) == (status, kind)
    assert ("Retry-After" in answer.headers) == (status == 503)


def _client_error(status: int, code: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "PutRecords",
    )


URL = {"endpoint_url": "http://x"}


@pytest.mark.parametrize(
    ("error", "certain", "retriable"),
    [
        (EndpointConnectionError(**URL), True, True),
        (ConnectTimeoutError(**URL), True, True),
        (ReadTimeoutError(**URL), False, False),
        (ConnectionClosedError(**URL), False, False),
        (_client_error(400, THROTTLED), True, True),
        (_client_error(400, "LimitExceededException"), True, True),
        (_client_error(400, NOT_FOUND), True, False),
        (_client_error(403, "AccessDeniedException"), True, False),
        (_client_error(500, INTERNAL_FAILURE), False, False),
        (_client_error(503, "ServiceUnavailable"), False, False),
        (NoCredentialsError(), True, False),
    ],
)
def test_a_failed_call(error: Any, *, certain: bool, retriable: bool) -> None:
    """Sent again is only what is certainly not stored."""
    failed = failed_call(error)
    assert (failed.certain, failed.retriable) == (certain, retriable)
    assert failed.certain or failed.status == 500


def test_times_and_bytes_are_written_as_on_the_wire() -> None:
    """Epoch seconds and base64, at any depth."""
    made = datetime(2026, 1, 1, tzinfo=UTC)
    assert body(as_json({"a": [{"t": made, "d": b"x"}]})) == {"a": [{"t": 1767225600, "d": "eA=="}]}
