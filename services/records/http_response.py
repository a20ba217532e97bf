"""What an HTTP status tells of records when the answer says no more.

Conservative: an attempt counts as certainly not stored only where a contract says so. In doubt it is
unknown.
"""

from services.records.record import Failed
from services.terminal_text import plain

PASSING = frozenset({429, 502, 503, 504})
"""Trouble of the moment: worth sending again."""

_SUCCESS = 2
_CLIENT_ERROR = 4
_UNSTORED = frozenset({1, 3, _CLIENT_ERROR})
"""Families of statuses, by their first digit, after which nothing of the request is stored."""


def succeeded(status: int) -> bool:
    """The other side says that all is well."""
    return status // 100 == _SUCCESS


def refused(status: int) -> bool:
    """The other side blames the request."""
    return status // 100 == _CLIENT_ERROR


def unstored(status: int) -> bool:
    """Nothing of a request with this answer was stored."""
    return status // 100 in _UNSTORED


def doubtful(status: int, reason: str) -> Failed:
    """An answer that cannot be understood: sending again would double what it may have stored."""
    return Failed(cause=cause(status, reason), status=status, certain=False, retriable=False)


def cause(status: int, text: str | None, code: int | str | None = None) -> str:
    """One line for journals and people: `HTTP 503, 50302: the queue is full`."""
    number = f"HTTP {status}" if code in {None, "", status} else f"HTTP {status}, {code}"
    return f"{number}: {plain(text or 'no text')}"
