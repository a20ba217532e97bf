import json

import pytest

from services.records.attempt import AttemptResult, FailedAttempt, StoredInStream
from services.records.http_response import HttpResponse
from services.records.kinesis_answers import put_results

SHARD = "shardId-000000000001"
GOOD = {"ShardId": SHARD, "SequenceNumber": "4955"}
THROTTLED = "ProvisionedThroughputExceededException"


def reply(status: int, body: object, retry_after: float | None = None) -> HttpResponse:
    """An answer with a JSON body."""
    return HttpResponse(status, json.dumps(body).encode(), retry_after)


def error(kind: str) -> dict[str, object]:
    """Kinesis' error for a whole request."""
    return {"__type": kind, "message": "because"}


def judged(attempt: AttemptResult) -> tuple[bool, bool]:
    """Whether a failure is certain, and whether it is worth another try."""
    assert isinstance(attempt, FailedAttempt)
    return attempt.certain, attempt.retriable


def test_one_records_answer_tells_its_shard_and_sequence_number() -> None:
    """PutRecord's answer, with whatever else it may hold."""
    body = {**GOOD, "EncryptionType": "NONE"}
    assert put_results(reply(200, body), 1) == [StoredInStream(SHARD, "4955")]


def test_several_records_have_an_entry_each() -> None:
    """PutRecords' answer stands in request order."""
    body = {"FailedRecordCount": 0, "Records": [GOOD, {**GOOD, "SequenceNumber": "4956"}]}
    assert put_results(reply(200, body), 2) == [
        StoredInStream(SHARD, "4955"),
        StoredInStream(SHARD, "4956"),
    ]


@pytest.mark.parametrize(
    ("code", "retriable"),
    [
        (THROTTLED, True),
        ("InternalFailure", True),
        ("ServiceUnavailable", True),
        ("ValidationException", False),
    ],
)
@pytest.mark.parametrize("status", [200, 500, 503])
def test_a_failed_entry_was_certainly_not_stored(
    *, status: int, code: str, retriable: bool
) -> None:
    """Kinesis says so record by record, whatever the status of the whole."""
    entries = [{"ErrorCode": code, "ErrorMessage": "because"}] * 2
    body = {"FailedRecordCount": 2, "Records": entries}
    for attempt in put_results(reply(status, body), 2):
        assert judged(attempt) == (True, retriable)


def test_a_stored_neighbour_counts() -> None:
    """Only the failed records are to be sent again."""
    body = {"FailedRecordCount": 1, "Records": [GOOD, {"ErrorCode": THROTTLED}]}
    stored, failed = put_results(reply(200, body), 2)
    assert stored == StoredInStream(SHARD, "4955")
    assert judged(failed) == (True, True)


@pytest.mark.parametrize(
    ("status", "kind", "certain", "retriable"),
    [
        (400, THROTTLED, True, True),
        (400, "LimitExceededException", True, True),
        (400, "ResourceNotFoundException", True, False),
        (400, "ValidationException", True, False),
        (400, "SerializationException", True, False),
        (403, "", True, False),
        (413, "", True, False),
        (429, "", True, True),
        (302, "", True, False),
        (500, "InternalFailure", False, True),
        (500, "", False, True),
        (502, "", False, True),
        (503, "", False, True),  # not our gateway's: it always says when to come back
        (504, "", False, True),
        (200, "", False, False),  # stored or not: it does not say where
        (200, "InternalFailure", False, True),  # the tutorial's API hides errors in a 200
        (200, THROTTLED, True, True),
        (200, "ResourceNotFoundException", True, False),
    ],
)
@pytest.mark.parametrize("count", [1, 3])
def test_an_answer_without_entries_speaks_of_the_whole_request(
    *, status: int, kind: str, certain: bool, retriable: bool, count: int
) -> None:
    """Every record of the request gets the same judgement."""
    body = error(kind) if kind else {"message": "because"}
    attempts = put_results(reply(status, body), count)
    assert len(attempts) == count
    assert all(judged(attempt) == (certain, retriable) for attempt in attempts)


@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_a_503_that_says_when_to_come_back_stored_nothing(seconds: float) -> None:
    """That is the gateway's word, also when it asks for no wait."""
    (attempt,) = put_results(reply(503, {"message": "busy"}, seconds), 1)
    assert judged(attempt) == (True, True)
    assert isinstance(attempt, FailedAttempt)
    assert attempt.retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff\xfe", b'{"Records":5}', b"{}"])
@pytest.mark.parametrize("count", [1, 2])
def test_a_200_that_is_not_kinesis_is_unknown(body: bytes, count: int) -> None:
    """Something answered, but nobody can tell what it did with the records."""
    attempts = put_results(HttpResponse(200, body), count)
    assert [judged(attempt) for attempt in attempts] == [(False, False)] * count


def test_a_wrong_number_of_entries_is_not_believed() -> None:
    """Sequence numbers that cannot be matched to records prove nothing."""
    body = {"FailedRecordCount": 0, "Records": [GOOD]}
    for attempt in put_results(reply(200, body), 2):
        assert judged(attempt) == (False, False)


@pytest.mark.parametrize("body", [GOOD, {"Records": [GOOD]}])
def test_a_place_in_a_failed_answer_is_not_believed(body: object) -> None:
    """A 500 is no acknowledgement, whatever it holds."""
    (attempt,) = put_results(reply(500, body), 1)
    assert judged(attempt) == (False, True)


@pytest.mark.parametrize("entry", [{"ShardId": SHARD}, {"SequenceNumber": "1"}, {}])
def test_half_a_place_is_none(entry: dict[str, str]) -> None:
    """The journal needs both, and a record that may be stored is not sent again."""
    for attempt in put_results(reply(200, {"Records": [entry, entry]}), 2):
        assert judged(attempt) == (False, False)


@pytest.mark.parametrize("status", [400, 503, 504])
def test_the_cause_is_the_servers_own_words(status: int) -> None:
    """The journal and the summary quote them."""
    (attempt,) = put_results(reply(status, error(THROTTLED)), 1)
    assert isinstance(attempt, FailedAttempt)
    assert attempt.cause == f"HTTP {status}, {THROTTLED}: because"


def test_a_foreign_text_is_made_fit_for_a_terminal() -> None:
    """A proxy's error page cannot clear the screen."""
    (attempt,) = put_results(HttpResponse(502, b"<h1>Bad\x1b[31m Gateway</h1>", 3), 1)
    assert isinstance(attempt, FailedAttempt)
    assert attempt.cause.isprintable()
    assert attempt.retry_after == 3


def test_an_answer_nested_beyond_any_depth_is_no_answer() -> None:
    """What became of the record is unknown, and the emulator goes on."""
    (attempt,) = put_results(HttpResponse(200, b'{"x":' + b"[" * 100_000, None), 1)
    assert judged(attempt)[0] is False
