import json

import pytest

from services.records.attempt import FailedAttempt, StoredInTopic
from services.records.http_response import HttpResponse
from services.records.kafka_rest_answers import produce_results

GOOD: dict[str, object] = {"partition": 0, "offset": 5, "error_code": None, "error": None}


def entry(code: int, text: str = "because") -> dict[str, object]:
    """A failed record's entry."""
    return {"partition": None, "offset": None, "error_code": code, "error": text}


def answer(status: int, *entries: dict[str, object], code: int | None = None) -> bytes:
    """A produce answer; with a code it is one of ours that failed."""
    body: dict[str, object] = {"offsets": entries, "key_schema_id": None, "value_schema_id": None}
    return json.dumps(body if code is None else {**body, "error_code": code}).encode()


def test_a_good_answer_tells_each_records_offset() -> None:
    """One entry a record, in request order."""
    body = answer(200, GOOD, {**GOOD, "offset": 6})
    assert produce_results(HttpResponse(200, body), 2) == [StoredInTopic(0, 5), StoredInTopic(0, 6)]


@pytest.mark.parametrize(
    ("status", "code", "certain", "retriable"),
    [
        (503, 50302, True, True),  # the queue is full: never sent
        (503, 50003, False, True),  # no acknowledgement in time
        (500, 50003, False, True),
        (404, 50003, True, True),  # the topic is not there yet
        (413, 50002, True, False),  # too large
        (500, 50002, False, False),  # any other error of Kafka: in doubt, unknown
        (200, 50003, False, True),  # Confluent's own proxy hides failures in a 200
        (403, 40301, True, False),
    ],
)
def test_a_failed_record_is_judged_by_its_entry(
    *, status: int, code: int, certain: bool, retriable: bool
) -> None:
    """Its neighbours' offsets count."""
    stored, failed = produce_results(HttpResponse(status, answer(status, GOOD, entry(code))), 2)
    assert stored == StoredInTopic(0, 5)
    assert isinstance(failed, FailedAttempt)
    assert (failed.certain, failed.retriable) == (certain, retriable)


def test_the_status_speaks_of_the_first_failure_only() -> None:
    """A time-out behind a record that was too large is not certainly unstored."""
    body = answer(413, entry(50002, "too large"), entry(50003, "timed out"))
    large, late = produce_results(HttpResponse(413, body), 2)
    assert isinstance(large, FailedAttempt)
    assert isinstance(late, FailedAttempt)
    assert (large.status, large.certain, large.retriable) == (413, True, False)
    assert (late.status, late.certain, late.retriable) == (500, False, True)


@pytest.mark.parametrize(
    ("status", "code", "certain", "retriable"),
    [
        (400, 400, True, False),
        (404, 404, True, False),
        (415, 415, True, False),
        (422, 422, True, False),
        (429, 42901, True, True),
        (302, 302, True, False),
        (500, 500, False, False),
        (500, 50003, False, True),
        (502, 502, False, True),
        (503, 503, False, True),
        (503, 50302, True, True),
        (504, 504, False, True),
        (200, 0, False, False),  # stored or not: it does not say where
    ],
)
def test_an_answer_without_entries_speaks_of_the_whole_request(
    *, status: int, code: int, certain: bool, retriable: bool
) -> None:
    """Every record of the request gets the same judgement."""
    body = json.dumps({"error_code": code, "message": "because"}).encode()
    attempts = produce_results(HttpResponse(status, body), 3)
    assert len(attempts) == 3
    for attempt in attempts:
        assert isinstance(attempt, FailedAttempt)
        assert (attempt.certain, attempt.retriable) == (certain, retriable)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff\xfe", b'{"offsets":5}'])
def test_a_200_that_is_no_rest_proxys_is_unknown(body: bytes) -> None:
    """Something answered, but nobody can tell what it did with the records."""
    (attempt,) = produce_results(HttpResponse(200, body), 1)
    assert isinstance(attempt, FailedAttempt)
    assert not attempt.certain
    assert not attempt.retriable


def test_a_wrong_number_of_entries_is_not_believed() -> None:
    """Offsets that cannot be matched to records prove nothing."""
    for attempt in produce_results(HttpResponse(200, answer(200, GOOD)), 2):
        assert isinstance(attempt, FailedAttempt)
        assert not attempt.certain


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxys_error_page_is_retriable_and_unknown(status: int) -> None:
    """A gateway in front may have lost the answer on the way back."""
    (attempt,) = produce_results(HttpResponse(status, b"<h1>Bad\x1b[31m Gateway</h1>", 3), 1)
    assert isinstance(attempt, FailedAttempt)
    assert (attempt.certain, attempt.retriable, attempt.retry_after) == (False, True, 3)
    assert attempt.cause.isprintable()


def test_an_answer_nested_beyond_any_depth_is_no_answer() -> None:
    """What became of the record is unknown, and the emulator goes on."""
    (attempt,) = produce_results(HttpResponse(200, b'{"x":' + b"[" * 100_000, None), 1)
    assert isinstance(attempt, FailedAttempt)
    assert not attempt.certain
