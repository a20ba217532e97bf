"""Reads the Kinesis proxy's answers: what became of each record.

Two shapes: PutRecord's `{"ShardId", "SequenceNumber"}` and PutRecords' `{"FailedRecordCount",
"Records": [the same | {"ErrorCode", "ErrorMessage"}]}`; an entry with an error was not stored. Errors
of a whole request are `{"__type", "message"}`: Kinesis' 400 and the gateway's 503 with Retry-After
mean that nothing was stored, a 500 or 504 leaves that open.
"""

import msgspec

from services.posting.destinations.gateway_client import Reply
from services.records import http_response
from services.records.record import Attempt, Failed, Sequenced
from services.terminal_text import SHOWN, plain

INTERNAL = "InternalFailure"
THROTTLED = "ProvisionedThroughputExceededException"
_PASSING = frozenset(
    {
        INTERNAL,
        THROTTLED,
        "KMSThrottlingException",
        "LimitExceededException",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)
"""Errors of the moment: worth sending again."""

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
    kind: str = msgspec.field(name="__type", default="")
    message: str | None = None

    def entries(self) -> list[_Entry]:
        """One for each record; a whole answer that speaks of one record is its entry."""
        if self.records is None and self.shard_id:
            return [_Entry(self.shard_id, self.sequence_number)]
        return self.records or []


_decoder = msgspec.json.Decoder(_Body)


def read_answer(reply: Reply, count: int) -> list[Attempt]:
    """What became of each of `count` records, by the answer to their request."""
    try:
        answer = _decoder.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return [_unreadable(reply)] * count
    entries = answer.entries()
    if len(entries) != count:
        return [_whole(reply, answer)] * count
    return [_attempt(reply, answer, entry) for entry in entries]


def _attempt(reply: Reply, answer: _Body, entry: _Entry) -> Attempt:
    """One record's entry. An error in it is Kinesis' word that this record was not stored."""
    if entry.error_code is not None:
        return Failed(
            cause=f"{entry.error_code}: {plain(entry.error_message or 'no text')}",
            status=SERVER_ERROR if entry.error_code == INTERNAL else BAD_REQUEST,
            certain=True,
            retriable=entry.error_code in _PASSING,
            retry_after=reply.wait,
        )
    if not http_response.succeeded(reply.status):
        return _whole(reply, answer)
    if not entry.shard_id or not entry.sequence_number:
        return http_response.doubtful(reply.status, "the answer tells no sequence number")
    return Sequenced(entry.shard_id, entry.sequence_number)


def _whole(reply: Reply, answer: _Body) -> Failed:
    """An answer without entries speaks of all records of its request."""
    status = _status(reply.status, answer.kind)
    if http_response.succeeded(status):
        return http_response.doubtful(
            status, "the answer does not tell each record's sequence number"
        )
    told_to_return = status == UNAVAILABLE and reply.retry_after is not None
    return Failed(
        cause=http_response.cause(reply.status, answer.message, answer.kind),
        status=status,
        certain=told_to_return or http_response.unstored(status),
        retriable=answer.kind in _PASSING
        or status in http_response.PASSING
        or status >= SERVER_ERROR,
        retry_after=reply.wait,
    )


def _status(status: int, kind: str) -> int:
    """The tutorial's API on AWS answers 200 with Kinesis' error in the body; ours does not."""
    if not kind or not http_response.succeeded(status):
        return status
    return SERVER_ERROR if kind == INTERNAL else BAD_REQUEST


def _unreadable(reply: Reply) -> Failed:
    """No JSON: something else than our gateway answered, or something in front of it."""
    text = reply.body[:SHOWN].decode(errors="replace") or "no text"
    if http_response.succeeded(reply.status):
        return http_response.doubtful(reply.status, f"the answer is not Kinesis': {plain(text)}")
    return _whole(reply, _Body(message=text))
