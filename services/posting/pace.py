"""How fast turns are taken: a token bucket, kept as the time at which the next token falls."""

import math
import time
from collections.abc import Callable

BURST_SECONDS = 1.0
"""The bucket holds this many seconds' worth of turns: shorter delays are made up for, so that the
rate does not drift; after a longer one the gateway is not flooded with everything that was missed."""


class Pace:
    """The turns of one worker.

    Args:
        interval: Seconds between two turns; 0 means that every turn is due at once.
        first: When the first turn is due, on the clock.
        clock: A monotonic clock in seconds; time.monotonic is the same one in all processes.
    """

    def __init__(
        self, interval: float, first: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = interval
        self._next = first
        self._clock = clock

    def delay(self) -> float:
        """Seconds until a turn is due."""
        return max(0.0, self._next - self._clock()) if self._interval else 0.0

    def take(self, most: int) -> int:
        """Take the turns that are due, at most so many, and return how many they are."""
        if not self._interval:
            return most
        now = self._clock()
        self._next = max(self._next, now - max(BURST_SECONDS, self._interval))
        if self._next > now:
            return 0
        taken = min(most, 1 + math.floor((now - self._next) / self._interval))
        self._next += taken * self._interval
        return taken


def interval(rate: float, workers: int) -> float:
    """Seconds between two turns of one worker, when all of them share a rate in turns/s."""
    return workers / rate if rate else 0.0


def phase(rate: float, worker: int) -> float:
    """Seconds by which a worker begins later, so that all workers' turns are evenly spread."""
    return worker / rate if rate else 0.0
