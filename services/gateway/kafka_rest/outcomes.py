"""Reads the REST proxy's answer to a produce request: what became of each record.

The proxy answers 200 also when records failed; what counts is each record's entry.
"""

from services.gateway.errors import AWAY_RETRY_SECONDS, BUSY_RETRY_SECONDS
from services.gateway.kafka.outcome import (
    Failed,
    Outcome,
    Stored,
    unknown,
)
from services.gateway.kafka_rest.connections import Answer
from services.records.kafka_rest_api import (
    NOT_SENT,
    RETRIABLE,
    ProduceAnswer,
    ProduceEntry,
    read_produce_answer,
)

CLIENT_ERRORS = range(400, 500)
ERRORS = range(400, 600)
TOO_MANY_REQUESTS = 429


def outcomes_of(answer: Answer, count: int) -> list[Outcome]:
    """What became of each of `count` records, in request order."""
    body = read_produce_answer(answer.body)
    if body is None:
        return [_doubtful(answer)] * count
    if body.offsets is not None and len(body.offsets) == count:
        return [_outcome(entry) for entry in body.offsets]
    return [_whole(answer, body)] * count


def _outcome(entry: ProduceEntry) -> Outcome:
    code, reason = entry.error_code, entry.error or "the REST proxy gave no reason"
    if code is None:
        if entry.partition is None or entry.offset is None:
            return unknown("the REST proxy tells no offset")
        return Stored(entry.partition, entry.offset)
    if code == RETRIABLE:
        return unknown(reason)
    retry_after = BUSY_RETRY_SECONDS if code == NOT_SENT else None
    return Failed(_status(code), code, code, reason, retry_after)


def _status(code: int) -> int:
    """The HTTP status that an error code begins with: 50002 is 500, 413 is itself."""
    status = int(str(abs(code))[:3])
    return status if status in ERRORS else 500


def _whole(answer: Answer, body: ProduceAnswer) -> Failed:
    """An answer without entries. A refusal in the proxy's own shape is its word that it stored nothing.

    Its 5xx is not: a server that fails in the middle of its work may have stored something.
    """
    if answer.status not in CLIENT_ERRORS or body.error_code is None:
        return _doubtful(answer)
    code, reason = body.error_code, body.message or "the REST proxy gave no reason"
    retry_after = AWAY_RETRY_SECONDS if answer.status == TOO_MANY_REQUESTS else None
    return Failed(answer.status, code, code, reason, retry_after)


def _doubtful(answer: Answer) -> Failed:
    return unknown(f"the REST proxy answered {answer.status} and tells no record's offset")
