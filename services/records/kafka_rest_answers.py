"""Reads the answers of the REST proxy's produce route: what became of each record.

An attempt counts as certainly not stored only where the REST proxy's contract, or our gateway's, says
so.
"""

from services.posting.destinations.gateway_client import Reply
from services.records import http_response
from services.records.kafka_rest_api import Entry, ProduceAnswer, read_produce_answer
from services.records.record import Attempt, Failed, Stored
from services.terminal_text import SHOWN, plain

QUEUE_FULL = 50302
RETRIABLE = 50003

_STATUS_DIGITS = 3


def read_answer(reply: Reply, count: int) -> list[Attempt]:
    """What became of each of `count` records, by the answer to their request."""
    answer = read_produce_answer(reply.body)
    if answer is None:
        return [_unreadable(reply)] * count
    if answer.offsets is None or len(answer.offsets) != count:
        return [_whole(reply, answer)] * count
    first = next((entry for entry in answer.offsets if entry.error_code is not None), None)
    return [_attempt(entry, reply, first) for entry in answer.offsets]


def _attempt(entry: Entry, reply: Reply, first: Entry | None) -> Attempt:
    """One record's entry. The status speaks of the first failure, and of those like it."""
    status = reply.status
    if entry.error_code is None:
        if entry.partition is None or entry.offset is None:
            return http_response.doubtful(status, "the answer tells no offset")
        return Stored(entry.partition, entry.offset)
    if first is not None and (entry.error_code, entry.error) != (first.error_code, first.error):
        status = entry_status(entry.error_code)
    return Failed(
        cause=http_response.cause(status, entry.error, entry.error_code),
        status=status,
        certain=entry.error_code == QUEUE_FULL or http_response.refused(status),
        retriable=entry.error_code in {QUEUE_FULL, RETRIABLE},
        retry_after=reply.wait,
    )


def entry_status(code: int) -> int:
    """The HTTP status that a record's error code stands for: 50003 is 500, 413 is itself."""
    return int(str(code)[:_STATUS_DIGITS])


def _whole(reply: Reply, answer: ProduceAnswer) -> Failed:
    """An answer without entries speaks of all records of its request."""
    if http_response.succeeded(reply.status):
        return http_response.doubtful(reply.status, "the answer does not tell each record's offset")
    code = answer.error_code
    return Failed(
        cause=http_response.cause(reply.status, answer.message, code),
        status=reply.status,
        certain=code == QUEUE_FULL or http_response.unstored(reply.status),
        retriable=reply.status in http_response.PASSING or code in {QUEUE_FULL, RETRIABLE},
        retry_after=reply.wait,
    )


def _unreadable(reply: Reply) -> Failed:
    """No JSON: something else than our gateway answered, or something in front of it."""
    text = reply.body[:SHOWN].decode(errors="replace") or "no text"
    if http_response.succeeded(reply.status):
        return http_response.doubtful(
            reply.status, f"the answer is not a REST proxy's: {plain(text)}"
        )
    return _whole(reply, ProduceAnswer(message=text))
