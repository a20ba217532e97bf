"""Reads the gateway's answers to a produce request: what became of each record.

The rules are conservative: an attempt counts as certainly not stored only where the contract of the
REST proxy, or our gateway's, says so. In doubt it is unknown.
"""

import msgspec

from services.posting.record import Attempt, Failed, Stored
from services.posting.wording import SHOWN, plain

QUEUE_FULL = 50302
RETRIABLE = 50003
PASSING_STATUSES = frozenset({429, 502, 503, 504})
"""Trouble of the moment: worth sending again."""

_SUCCESS = 2
_CLIENT_ERROR = 4
_UNSTORED = frozenset({1, 3, _CLIENT_ERROR})
"""Families of statuses, by their first digit; the last: nothing of the request was stored."""
_STATUS_DIGITS = 3


class _Entry(msgspec.Struct):
    """One record's entry in `offsets`."""

    partition: int | None = None
    offset: int | None = None
    error_code: int | None = None
    error: str | None = None


class _Body(msgspec.Struct):
    offsets: list[_Entry] | None = None
    error_code: int | None = None
    message: str | None = None


_decoder = msgspec.json.Decoder(_Body)


def read_answer(status: int, body: bytes, count: int, retry_after: float = 0.0) -> list[Attempt]:
    """What became of each of `count` records, by the answer to their request."""
    try:
        answer = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return [_unreadable(status, body, retry_after)] * count
    if answer.offsets is None or len(answer.offsets) != count:
        return [_whole(status, answer, retry_after)] * count
    first = next((entry for entry in answer.offsets if entry.error_code is not None), None)
    return [_attempt(entry, status, first, retry_after) for entry in answer.offsets]


def _attempt(entry: _Entry, status: int, first: _Entry | None, retry_after: float) -> Attempt:
    """One record's entry. The status speaks of the first failure, and of those like it."""
    if entry.error_code is None:
        if entry.partition is None or entry.offset is None:
            return _doubtful(status, "the answer tells no offset")
        return Stored(entry.partition, entry.offset)
    if first is not None and (entry.error_code, entry.error) != (first.error_code, first.error):
        status = entry_status(entry.error_code)
    return Failed(
        cause=_cause(status, entry.error_code, entry.error),
        status=status,
        certain=entry.error_code == QUEUE_FULL or _family(status) == _CLIENT_ERROR,
        retriable=entry.error_code in {QUEUE_FULL, RETRIABLE},
        retry_after=retry_after,
    )


def entry_status(code: int) -> int:
    """The HTTP status that a record's error code stands for: 50003 is 500, 413 is itself."""
    return int(str(code)[:_STATUS_DIGITS])


def _family(status: int) -> int:
    return status // 100


def _whole(status: int, answer: _Body, retry_after: float) -> Failed:
    """An answer without entries speaks of all records of its request."""
    if _family(status) == _SUCCESS:
        return _doubtful(status, "the answer does not tell each record's offset")
    code = answer.error_code
    return Failed(
        cause=_cause(status, code, answer.message),
        status=status,
        certain=code == QUEUE_FULL or _family(status) in _UNSTORED,
        retriable=status in PASSING_STATUSES or code in {QUEUE_FULL, RETRIABLE},
        retry_after=retry_after,
    )


def _unreadable(status: int, body: bytes, retry_after: float) -> Failed:
    """No JSON: something else than our gateway answered, or something in front of it."""
    text = body[:SHOWN].decode(errors="replace")
    answer = _Body(message=text or "no text")
    if _family(status) == _SUCCESS:
        return _doubtful(status, f"the answer is not a REST proxy's: {plain(text)}")
    return _whole(status, answer, retry_after)


def _doubtful(status: int, reason: str) -> Failed:
    return Failed(cause=f"HTTP {status}: {reason}", status=status, certain=False, retriable=False)


def _cause(status: int, code: int | None, text: str | None) -> str:
    number = f"HTTP {status}" if code in {None, status} else f"HTTP {status}, {code}"
    return f"{number}: {plain(text or 'no text')}"
