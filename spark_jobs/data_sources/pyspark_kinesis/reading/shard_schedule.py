"""The shards that are being read, each with its reader, its next poll and its back-off."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..client.backoff import Backoff
from ..client.kinesis import Kinesis
from ..errors import RetriableError
from ..offset import Offset, Position
from ..options import Options
from .loss import LossPolicy
from .micro_batch import ShardKey
from .shard_reader import Bound, ShardReader

_IDLE_AFTER = 30.0
"""Seconds without a record after which polls are made once a second."""

_SLOW_POLL = 1.0


@dataclass
class ScheduledShard:
    """One shard's reader, and when it may be polled next."""

    reader: ShardReader
    backoff: Backoff
    due: float = 0.0


class ShardSchedule:
    """Keeps readers, and with them their iterators, from one micro-batch to the next."""

    def __init__(
        self, kinesis: Kinesis, options: Options, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kinesis = kinesis
        self._options = options
        self._clock = clock
        self._scheduled: dict[ShardKey, ScheduledShard] = {}
        self._bounds: Mapping[ShardKey, Bound] | None = None
        self._last_record = clock()

    @property
    def is_bounded(self) -> bool:
        """Does reading stop at ends that were fixed?"""
        return self._bounds is not None

    def set_bounds(self, bounds: Mapping[ShardKey, Bound]) -> None:
        """Read each shard to its bound only, and those without one not at all."""
        self._bounds = bounds
        self._scheduled.clear()

    def scheduled(
        self, shard_key: ShardKey, position: Position, loss: LossPolicy
    ) -> ScheduledShard:
        """A shard's reader; a new one when Spark's offset is not where the old one stands."""
        scheduled = self._scheduled.get(shard_key)
        if scheduled is None or scheduled.reader.position != position:
            bound = None if self._bounds is None else self._bounds.get(shard_key, Bound(before=0))
            backoff = Backoff(", ".join(shard_key), self._options.retry_timeout, self._clock)
            scheduled = ScheduledShard(
                ShardReader(self._kinesis, shard_key, position, loss, bound), backoff
            )
            self._scheduled[shard_key] = scheduled
        scheduled.reader.loss = loss
        return scheduled

    def is_due(self, scheduled: ScheduledShard) -> bool:
        """May it be polled now?"""
        return not scheduled.reader.done and scheduled.due <= self._clock()

    def polled(self, scheduled: ScheduledShard, size: int) -> None:
        """A poll gave a page of `size` bytes: keep to Kinesis' limits, and go easy when nothing comes."""
        now = self._clock()
        if size:
            self._last_record = now
        idle = now - self._last_record > _IDLE_AFTER
        period = max(self._options.min_fetch_period, _SLOW_POLL if idle else 0.0)
        rate = self._options.max_fetch_rate
        scheduled.due = now + (max(period, size / rate) if rate else period)
        scheduled.backoff.succeeded()

    def failed(self, scheduled: ScheduledShard, error: RetriableError) -> None:
        """Leave the shard alone for a while.

        Raises:
            SourceError: this has gone on for too long.
        """
        scheduled.due = self._clock() + scheduled.backoff.failed(error)

    def until_due(self) -> float:
        """Seconds until a shard may be polled."""
        waiting = [
            scheduled.due for scheduled in self._scheduled.values() if not scheduled.reader.done
        ]
        soonest = min(waiting, default=self._clock() + self._options.min_fetch_period)
        return max(0.001, soonest - self._clock())

    def finished(self, offset: Offset, listed: Callable[[str], set[str]]) -> bool:
        """Has every shard been read to its bound? One that has expired since is not waited for."""
        return all(
            self._done(shard_key, offset[shard_key[0]].shards.get(shard_key[1]))
            for shard_key in self._bounds or {}
            if shard_key[1] in listed(shard_key[0])
        )

    def _done(self, shard_key: ShardKey, position: Position | None) -> bool:
        """A shard without a position waits for its parents."""
        scheduled = self._scheduled.get(shard_key)
        closed = position is not None and position.closed
        return closed or (position is not None and scheduled is not None and scheduled.reader.done)
