"""Reads the answers of the REST proxy's produce route: what became of each record.

An attempt counts as certainly not stored only where the REST proxy's contract, or our gateway's, says
so.
"""

from services.records import http_response
from services.records.attempt import AttemptResult, FailedAttempt, StoredInTopic
from services.records.http_response import HttpResponse
from services.records.kafka_rest_api import (
    NOT_SENT,
    RETRIABLE,
    ProduceAnswer,
    ProduceEntry,
    read_produce_answer,
)
from services.terminal_text import one_line

_STATUS_DIGITS = 3


def produce_results(response: HttpResponse, count: int) -> list[AttemptResult]:
    """What became of each of `count` records, by the response to their request."""
    answer = read_produce_answer(response.body)
    if answer is None:
        return [_unreadable(response)] * count
    if answer.offsets is None or len(answer.offsets) != count:
        return [_whole(response, answer)] * count
    first = next((entry for entry in answer.offsets if entry.error_code is not None), None)
    return [_result(entry, response, first) for entry in answer.offsets]


def _result(
    entry: ProduceEntry, response: HttpResponse, first: ProduceEntry | None
) -> AttemptResult:
    """One record's entry. The status speaks of the first failure, and of those like it."""
    status = response.status
    if entry.error_code is None:
        if entry.partition is None or entry.offset is None:
            return http_response.unknown_result(status, "the answer tells no offset")
        return StoredInTopic(entry.partition, entry.offset)
    if first is not None and (entry.error_code, entry.error) != (first.error_code, first.error):
        status = entry_status(entry.error_code)
    return FailedAttempt(
        cause=http_response.cause(status, entry.error, entry.error_code),
        status=status,
        certain=entry.error_code == NOT_SENT or http_response.is_client_error(status),
        retriable=entry.error_code in {NOT_SENT, RETRIABLE},
        retry_after=response.wait,
    )


def entry_status(code: int) -> int:
    """The HTTP status that a record's error code begins with: 50003 is 500, 413 is itself."""
    return int(str(code)[:_STATUS_DIGITS])


def _whole(response: HttpResponse, answer: ProduceAnswer) -> FailedAttempt:
    """An answer without entries speaks of all records of its request."""
    status, code = response.status, answer.error_code
    if http_response.is_success(status):
        return http_response.unknown_result(status, "the answer does not tell each record's offset")
    return FailedAttempt(
        cause=http_response.cause(status, answer.message, code),
        status=status,
        certain=code == NOT_SENT or http_response.stored_nothing(status),
        retriable=status in http_response.RETRIABLE_STATUSES or code in {NOT_SENT, RETRIABLE},
        retry_after=response.wait,
    )


def _unreadable(response: HttpResponse) -> FailedAttempt:
    """No JSON: something else than our gateway answered, or something in front of it."""
    if http_response.is_success(response.status):
        return http_response.unknown_result(
            response.status, f"the answer is not a REST proxy's: {one_line(response.text)}"
        )
    return _whole(response, ProduceAnswer(message=response.text))
