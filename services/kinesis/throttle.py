"""Limits of one shard, as AWS has them; the engine has none unless it is given some."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WriteLimits:
    """What one shard takes in a second."""

    records: float
    size: float


class Throttle:
    """Counts a shard's writes; what is not used of a second is not saved up."""

    def __init__(self, limits: WriteLimits) -> None:
        self._limits = limits
        self._records = limits.records
        self._size = limits.size
        self._seen_ms: int | None = None

    def takes(self, size: int, now_ms: int) -> bool:
        """Whether one more record of that many bytes may be written; if so, it counts."""
        self._refill(now_ms)
        if self._records < 1 or self._size < size:
            return False
        self._records -= 1
        self._size -= size
        return True

    def _refill(self, now_ms: int) -> None:
        seconds = max(0, now_ms - (self._seen_ms or now_ms)) / 1000
        self._seen_ms = now_ms
        self._records = min(self._limits.records, self._records + self._limits.records * seconds)
        self._size = min(self._limits.size, self._size + self._limits.size * seconds)
