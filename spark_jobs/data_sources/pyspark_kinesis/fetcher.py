"""Takes micro-batches out of all shards of all streams, side by side."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pyarrow as pa

from . import rows
from .begin import begin
from .directory import Directory
from .errors import NotFoundError, RefusedError, SourceError, TroubleError
from .kinesis import Kinesis
from .loss import LossPolicy
from .offset import Offset, Position, StreamOffset
from .options import Options
from .patience import Patience
from .shard_reader import Bound, Record, ShardReader
from .shards import Shard, follow, readable
from .tip import tip

_IDLE_AFTER = 30.0
"""Seconds without a record after which polls are made once a second."""

_SLOW_POLL = 1.0

Found = TypeVar("Found")

Place = tuple[str, str]
"""A stream and a shard of it."""


@dataclass
class _Slot:
    """One shard's reader, and when it may be polled next."""

    reader: ShardReader
    patience: Patience
    due: float = 0.0


@dataclass
class Batch:
    """What one look at the shards gave: pages of rows, and the offset behind them."""

    offset: Offset
    pages: list[pa.RecordBatch] = field(default_factory=list)
    records: int = 0
    size: int = 0
    finished: bool = False


class Fetcher:
    """Reads in one process; iterators live as long as it does."""

    def __init__(
        self,
        kinesis: Kinesis,
        options: Options,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._kinesis = kinesis
        self._options = options
        self._clock = clock
        self._wait = wait
        self._directory = Directory(kinesis, options, clock)
        self._patience = {name: self._patience_for(f"Stream {name}") for name in options.streams}
        self._slots: dict[Place, _Slot] = {}
        self._bounds: dict[Place, Bound] | None = None
        self._last_record = clock()
        self._turn = 0

    def begin(self) -> Offset:
        """The first positions, as soon as Kinesis answers."""
        return self._insist(lambda: begin(self._kinesis, self._options))

    def freeze(self) -> None:
        """From now on, read nothing that comes later than this moment."""
        self._bounds = self._insist(self._tips)

    def next_batch(self, start: Offset, patience: float) -> Batch:
        """The records behind an offset; waits for up to `patience` seconds for the first one.

        Raises:
            SourceError: the query cannot go on.
        """
        self._same_streams(start)
        deadline = self._clock() + patience
        while True:
            batch = self._look(start)
            over = self._clock() >= deadline and self._bounds is None
            if batch.pages or batch.offset != start or batch.finished or over:
                return batch
            self._wait(self._until_due(deadline))

    def _tips(self) -> dict[Place, Bound]:
        found = {}
        for stream in self._options.streams:
            now = self._kinesis.describe(stream).now
            for shard in self._kinesis.shards(stream):
                found[stream, shard.shard_id] = self._bound(stream, shard, now)
        return found

    def _bound(self, stream: str, shard: Shard, now: int) -> Bound:
        if shard.ending is not None:
            return Bound()
        end = tip(self._kinesis, stream, shard.shard_id, now)
        return Bound(before=end.at) if end.after is None else Bound(number=int(end.after))

    def _same_streams(self, start: Offset) -> None:
        theirs, ours = sorted(start), sorted(self._options.streams)
        if theirs != ours:
            raise SourceError(
                f"The checkpoint belongs to {', '.join(theirs)}, but the option streamName says {', '.join(ours)}. "
                f"Give each query its own checkpoint folder; to read other streams, begin with a new one."
            )

    def _look(self, start: Offset) -> Batch:
        """One poll of each shard whose time has come."""
        batch = Batch(dict(start))
        due = []
        for name in start:
            try:
                due += self._listed(batch, name)
            except TroubleError as error:
                self._patience[name].failed(error)
            else:
                self._patience[name].succeeded()
        self._turn += 1
        shift = self._turn % len(due) if due else 0
        for stream, shard in due[shift:] + due[:shift]:
            self._poll(batch, stream, shard)
        batch.finished = self._all_done(batch.offset)
        return batch

    def _listed(self, batch: Batch, name: str) -> list[tuple[str, Shard]]:
        """Bring a stream's positions in step with its shards; give those to be polled now."""
        stream = batch.offset[name]
        found = self._directory.same(name, stream.created)
        listed = self._directory.shards(name)
        positions, unread = follow(stream.shards, listed)
        loss = LossPolicy(found.now - found.retention, self._options.fail_on_data_loss)
        for shard_id in unread:
            loss.lost(f"{name}, {shard_id}: the shard expired before it was read to its end")
        if positions != stream.shards:
            batch.offset = {**batch.offset, name: StreamOffset(stream.created, positions)}
        shards = readable(positions, listed)
        for shard in shards:
            self._slot((name, shard.shard_id), positions[shard.shard_id], loss)
        return [(name, shard) for shard in shards if self._may_poll((name, shard.shard_id))]

    def _slot(self, place: Place, position: Position, loss: LossPolicy) -> _Slot:
        """The shard's reader; a new one when Spark's offset is not where the old one stands."""
        slot = self._slots.get(place)
        if slot is None or slot.reader.position != position:
            bound = None if self._bounds is None else self._bounds.get(place, Bound(before=0))
            reader = ShardReader(self._kinesis, place, position, loss, bound)
            patience = slot.patience if slot else self._patience_for(f"{place[0]}, {place[1]}")
            slot = self._slots[place] = _Slot(reader, patience)
        return slot

    def _may_poll(self, place: Place) -> bool:
        slot = self._slots[place]
        return not slot.reader.done and slot.due <= self._clock()

    def _poll(self, batch: Batch, stream: str, shard: Shard) -> None:
        """Take one page, if there is room for it."""
        room = self._options.max_records_per_trigger - batch.records
        if room <= 0 or batch.size >= self._options.max_bytes_per_trigger:
            return
        slot = self._slots[stream, shard.shard_id]
        try:
            limit = min(room, self._options.max_records_per_fetch)
            records = slot.reader.poll(limit, shard.ending)
        except TroubleError as error:
            slot.due = self._clock() + slot.patience.failed(error)
            return
        except (NotFoundError, RefusedError) as error:
            raise self._changed(stream, batch.offset[stream].created, error) from error
        slot.patience.succeeded()
        self._take(batch, stream, shard.shard_id, slot, records)

    def _take(
        self, batch: Batch, stream: str, shard_id: str, slot: _Slot, records: list[Record]
    ) -> None:
        page = rows.arrow(stream, shard_id, records) if records else None
        size = page.nbytes if page is not None else 0
        slot.due = self._clock() + self._period(size)
        if page is not None:
            batch.pages.append(page)
            batch.records += len(records)
            batch.size += size
            self._last_record = self._clock()
        self._advance(batch, stream, shard_id, slot.reader.position)

    def _advance(self, batch: Batch, stream: str, shard_id: str, position: Position) -> None:
        before = batch.offset[stream]
        if before.shards[shard_id] != position:
            shards = {**before.shards, shard_id: position}
            batch.offset = {**batch.offset, stream: StreamOffset(before.created, shards)}

    def _period(self, size: int) -> float:
        """Seconds until a shard's next poll."""
        rate = self._options.max_fetch_rate
        idle = self._clock() - self._last_record > _IDLE_AFTER and not size
        period = max(self._options.min_fetch_period, _SLOW_POLL if idle else 0.0)
        return max(period, size / rate) if rate else period

    def _until_due(self, deadline: float) -> float:
        """Seconds until something may be new; no poll is waited for beyond the deadline."""
        now = self._clock()
        waiting = [slot.due - now for slot in self._slots.values() if not slot.reader.done]
        soonest = min(waiting, default=self._options.min_fetch_period)
        limit = deadline - now if self._bounds is None else self._options.min_fetch_period
        return max(0.001, min(soonest, limit))

    def _all_done(self, offset: Offset) -> bool:
        """In AvailableNow: has each frozen shard been read to its bound?"""
        if self._bounds is None:
            return False
        return all(self._is_done(offset, place) for place in self._bounds)

    def _is_done(self, offset: Offset, place: Place) -> bool:
        """Also when it has expired meanwhile; not while it waits for its parents."""
        position = offset[place[0]].shards.get(place[1])
        if position is None:
            return all(shard.shard_id != place[1] for shard in self._directory.shards(place[0]))
        slot = self._slots.get(place)
        return position.closed or (slot is not None and slot.reader.done)

    def _changed(self, stream: str, created: int, error: Exception) -> SourceError:
        """Kinesis does not know our shard or number: whose are they?"""
        self._directory.forget(stream)
        self._directory.same(stream, created)
        return SourceError(
            f"Stream {stream} does not know the position that the checkpoint holds: {error}. "
            f"If its records are no longer those that were read before, it needs a new checkpoint (and table)."
        )

    def _patience_for(self, what: str) -> Patience:
        return Patience(what, self._options.retry_timeout, self._clock)

    def _insist(self, attempt: Callable[[], Found]) -> Found:
        """Repeat until Kinesis answers."""
        patience = self._patience_for(f"Stream {', '.join(self._options.streams)}")
        while True:
            try:
                return attempt()
            except TroubleError as error:
                self._wait(patience.failed(error))
