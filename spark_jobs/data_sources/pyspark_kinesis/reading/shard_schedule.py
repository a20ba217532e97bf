"""The shards that are being read, each with its reader, its next poll and its troubles."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..client.backoff import Patience
from ..client.kinesis import Kinesis
from ..errors import TroubleError
from ..offset import Offset, Position
from ..options import Options
from .loss import LossPolicy
from .micro_batch import Place
from .shard_reader import Bound, ShardReader

_IDLE_AFTER = 30.0
"""Seconds without a record after which polls are made once a second."""

_SLOW_POLL = 1.0


@dataclass
class Slot:
    """One shard's reader, and when it may be polled next."""

    reader: ShardReader
    patience: Patience
    due: float = 0.0


class Roster:
    """Keeps readers, and with them their iterators, from one micro-batch to the next."""

    def __init__(
        self, kinesis: Kinesis, options: Options, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kinesis = kinesis
        self._options = options
        self._clock = clock
        self._slots: dict[Place, Slot] = {}
        self._bounds: Mapping[Place, Bound] | None = None
        self._last_record = clock()

    @property
    def frozen(self) -> bool:
        """Does reading stop at ends that were fixed?"""
        return self._bounds is not None

    def freeze(self, bounds: Mapping[Place, Bound]) -> None:
        """Read each shard to its bound only, and those without one not at all."""
        self._bounds = bounds
        self._slots.clear()

    def slot(self, place: Place, position: Position, loss: LossPolicy) -> Slot:
        """A shard's reader; a new one when Spark's offset is not where the old one stands."""
        slot = self._slots.get(place)
        if slot is None or slot.reader.position != position:
            bound = None if self._bounds is None else self._bounds.get(place, Bound(before=0))
            patience = Patience(", ".join(place), self._options.retry_timeout, self._clock)
            slot = Slot(ShardReader(self._kinesis, place, position, loss, bound), patience)
            self._slots[place] = slot
        slot.reader.loss = loss
        return slot

    def is_due(self, slot: Slot) -> bool:
        """May it be polled now?"""
        return not slot.reader.done and slot.due <= self._clock()

    def polled(self, slot: Slot, size: int) -> None:
        """A poll gave a page of `size` bytes: keep to Kinesis' limits, and go easy when nothing comes."""
        now = self._clock()
        if size:
            self._last_record = now
        idle = now - self._last_record > _IDLE_AFTER
        period = max(self._options.min_fetch_period, _SLOW_POLL if idle else 0.0)
        rate = self._options.max_fetch_rate
        slot.due = now + (max(period, size / rate) if rate else period)
        slot.patience.succeeded()

    def failed(self, slot: Slot, error: TroubleError) -> None:
        """Leave the shard alone for a while.

        Raises:
            SourceError: this has gone on for too long.
        """
        slot.due = self._clock() + slot.patience.failed(error)

    def until_due(self) -> float:
        """Seconds until a shard may be polled."""
        waiting = [slot.due for slot in self._slots.values() if not slot.reader.done]
        soonest = min(waiting, default=self._clock() + self._options.min_fetch_period)
        return max(0.001, soonest - self._clock())

    def finished(self, offset: Offset, listed: Callable[[str], set[str]]) -> bool:
        """Has every shard been read to its bound? One that has expired since is not waited for."""
        return all(
            self._done(place, offset[place[0]].shards.get(place[1]))
            for place in self._bounds or {}
            if place[1] in listed(place[0])
        )

    def _done(self, place: Place, position: Position | None) -> bool:
        """A shard without a position waits for its parents."""
        slot = self._slots.get(place)
        closed = position is not None and position.closed
        return closed or (position is not None and slot is not None and slot.reader.done)
