"""Reads the Kinesis proxy's answers: what became of each record.

Two shapes: PutRecord's `{"ShardId", "SequenceNumber"}` and PutRecords' `{"FailedRecordCount",
"Records": [the same | {"ErrorCode", "ErrorMessage"}]}`; an entry with an error was not stored. Errors
of a whole request are `{"__type", "message"}`: Kinesis' 400 and the gateway's 503 with Retry-After
mean that nothing was stored, a 500 or 504 leaves that open.
"""

import msgspec

from services.records import http_response
from services.records.attempt import AttemptResult, FailedAttempt, StoredInStream
from services.records.http_response import HttpResponse
from services.records.kinesis_api import INTERNAL_FAILURE, THROTTLING
from services.terminal_text import one_line

_RETRIABLE = THROTTLING | {INTERNAL_FAILURE, "ServiceUnavailable"}
"""Errors after which a record is worth sending again."""

BAD_REQUEST = 400
SERVER_ERROR = 500
UNAVAILABLE = 503


class _Entry(msgspec.Struct, rename="pascal"):
    """What became of one record."""

    shard_id: str | None = None
    sequence_number: str | None = None
    error_code: str | None = None
    error_message: str | None = None


class _Body(msgspec.Struct):
    """A whole answer of either kind, or an error."""

    shard_id: str | None = msgspec.field(name="ShardId", default=None)
    sequence_number: str | None = msgspec.field(name="SequenceNumber", default=None)
    records: list[_Entry] | None = msgspec.field(name="Records", default=None)
    error_type: str = msgspec.field(name="__type", default="")
    message: str | None = None

    def entries(self) -> list[_Entry]:
        """One for each record; a whole answer that speaks of one record is its entry."""
        if self.records is None and self.shard_id:
            return [_Entry(self.shard_id, self.sequence_number)]
        return self.records or []


_decoder = msgspec.json.Decoder(_Body)


def put_results(response: HttpResponse, count: int) -> list[AttemptResult]:
    """What became of each of `count` records, by the response to their request."""
    try:
        answer = _decoder.decode(response.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [_unreadable(response)] * count
    entries = answer.entries()
    if len(entries) != count:
        return [_whole(response, answer)] * count
    return [_result(response, answer, entry) for entry in entries]


def _result(response: HttpResponse, answer: _Body, entry: _Entry) -> AttemptResult:
    """One record's entry. An error in it is Kinesis' word that this record was not stored."""
    if entry.error_code is not None:
        return FailedAttempt(
            cause=f"{entry.error_code}: {one_line(entry.error_message or 'no text')}",
            status=SERVER_ERROR if entry.error_code == INTERNAL_FAILURE else BAD_REQUEST,
            certain=True,
            retriable=entry.error_code in _RETRIABLE,
            retry_after=response.wait,
        )
    if not http_response.is_success(response.status):
        return _whole(response, answer)
    if not entry.shard_id or not entry.sequence_number:
        return http_response.unknown_result(response.status, "the answer tells no sequence number")
    return StoredInStream(entry.shard_id, entry.sequence_number)


def _whole(response: HttpResponse, answer: _Body) -> FailedAttempt:
    """An answer without entries speaks of all records of its request."""
    status = _status(response.status, answer.error_type)
    if http_response.is_success(status):
        return http_response.unknown_result(
            status, "the answer does not tell each record's sequence number"
        )
    asks_to_wait = status == UNAVAILABLE and response.retry_after is not None
    return FailedAttempt(
        cause=http_response.cause(response.status, answer.message, answer.error_type),
        status=status,
        certain=asks_to_wait or http_response.stored_nothing(status),
        retriable=answer.error_type in _RETRIABLE
        or status in http_response.RETRIABLE_STATUSES
        or status >= SERVER_ERROR,
        retry_after=response.wait,
    )


def _status(status: int, error_type: str) -> int:
    """The tutorial's API on AWS answers 200 with Kinesis' error in the body; ours does not."""
    if not error_type or not http_response.is_success(status):
        return status
    return SERVER_ERROR if error_type == INTERNAL_FAILURE else BAD_REQUEST


def _unreadable(response: HttpResponse) -> FailedAttempt:
    """No JSON: something else than our gateway answered, or something in front of it."""
    if http_response.is_success(response.status):
        return http_response.unknown_result(
            response.status, f"the answer is not Kinesis': {one_line(response.text)}"
        )
    return _whole(response, _Body(message=response.text))
