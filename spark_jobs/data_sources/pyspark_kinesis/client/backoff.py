"""How long to wait after a failed call of Kinesis, and when to give up."""

import time
from collections.abc import Callable

from ..errors import SourceError

_FIRST, _LONGEST = 0.2, 5.0


class Backoff:
    """Waits longer after each failure in a row; gives up once they have lasted for `limit` seconds."""

    def __init__(
        self, what: str, limit: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what = what
        self._limit = limit
        self._clock = clock
        self._since: float | None = None
        self._delay = _FIRST

    def succeeded(self) -> None:
        self._since, self._delay = None, _FIRST

    def failed(self, error: Exception) -> float:
        """Seconds to wait before the next attempt.

        Raises:
            SourceError: this has gone on for too long.
        """
        now = self._clock()
        self._since = now if self._since is None else self._since
        if now - self._since >= self._limit:
            raise SourceError(
                f"{self._what} could not be read for {self._limit:g} s: {error}. See that Kinesis runs and "
                f"that nobody else reads this much, then start the query again: it goes on where it was. "
                f"Option retryTimeout sets how long to wait."
            ) from error
        delay, self._delay = self._delay, min(2 * self._delay, _LONGEST)
        return delay
