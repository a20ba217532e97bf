"""When to send again: exponential back-off with full jitter, until a deadline."""

import random
from dataclasses import dataclass

_jitter = random.SystemRandom()


@dataclass(frozen=True)
class RetryPolicy:
    """Times in seconds.

    Attributes:
        deadline: How long a record is tried before it counts as failed.
        base: Longest wait after the first failure; it doubles with each further one.
        longest: Where the doubling ends.
        answer: How long one attempt waits for its answer; longer than the gateway may take (29 s,
            API Gateway's limit), so that the gateway names what is wrong.
    """

    deadline: float = 60.0
    base: float = 0.1
    longest: float = 5.0
    answer: float = 30.0

    def ceiling(self, failures: int) -> float:
        """Longest wait after that many failures in a row (1, 2, …)."""
        return min(self.longest, self.base * 2.0 ** min(failures - 1, 32))

    def delay(self, failures: int, retry_after: float, jitter: float) -> float:
        """Seconds to wait.

        Args:
            failures: How often the record failed, from 1.
            retry_after: What the server asked for, at least; 0 if it asked for nothing.
            jitter: Random, 0 up to 1: emulators that failed together must not come back together.
        """
        return retry_after + jitter * self.ceiling(failures)


def draw_jitter() -> float:
    return _jitter.random()
