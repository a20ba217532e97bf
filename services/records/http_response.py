"""An HTTP response to a request with records, and what its status says of them when its body says no more.

Conservative: an attempt counts as certainly not stored only where a contract says so. In doubt it is
unknown.
"""

from dataclasses import dataclass

from services.records.attempt import FailedAttempt
from services.terminal_text import MOST_CHARACTERS, one_line

RETRIABLE_STATUSES = frozenset({429, 502, 503, 504})
"""Throttled or unavailable: worth sending again."""

_SUCCESS = 2
_CLIENT_ERROR = 4
_STORED_NOTHING = frozenset({1, 3, _CLIENT_ERROR})
"""Families of statuses, by their first digit, after which nothing of the request is stored."""


@dataclass(frozen=True)
class HttpResponse:
    """A response.

    Attributes:
        status: HTTP status.
        body: As it came.
        retry_after: Seconds that the server asks to wait; None if it does not ask.
    """

    status: int
    body: bytes
    retry_after: float | None = None

    @property
    def wait(self) -> float:
        """Seconds to wait at least before the next attempt."""
        return self.retry_after or 0.0

    @property
    def text(self) -> str:
        """The beginning of the body, for messages; whatever its bytes are."""
        return self.body[:MOST_CHARACTERS].decode(errors="replace") or "no text"


def is_success(status: int) -> bool:
    """2xx: the server says that all is well."""
    return status // 100 == _SUCCESS


def is_client_error(status: int) -> bool:
    """4xx: the server blames the request."""
    return status // 100 == _CLIENT_ERROR


def stored_nothing(status: int) -> bool:
    """Whether nothing of a request with this response was stored."""
    return status // 100 in _STORED_NOTHING


def unknown_result(status: int, reason: str) -> FailedAttempt:
    """A response that cannot be understood: sending again would double what it may have stored."""
    return FailedAttempt(cause=cause(status, reason), status=status, certain=False, retriable=False)


def cause(status: int, text: str | None, code: int | str | None = None) -> str:
    """One line for journals and people: `HTTP 503, 50302: the queue is full`."""
    number = f"HTTP {status}" if code in {None, "", status} else f"HTTP {status}, {code}"
    return f"{number}: {one_line(text or 'no text')}"
