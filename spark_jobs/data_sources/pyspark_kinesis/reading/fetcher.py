"""Takes micro-batches out of all shards of all streams."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from ..client.backoff import Patience
from ..client.kinesis import Kinesis
from ..client.shards import Shard, follow, readable
from ..client.stream_metadata import Directory
from ..errors import NotFoundError, RefusedError, SourceError, TroubleError
from ..offset import Offset
from ..options import Options
from . import available_now
from .loss import LossPolicy
from .micro_batch import Batch
from .shard_schedule import Roster, Slot
from .starting_offset import begin

Found = TypeVar("Found")

log = logging.getLogger("pyspark_kinesis")


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
        self._roster = Roster(kinesis, options, clock)
        self._turn = 0

    def begin(self) -> Offset:
        """The first positions, as soon as Kinesis answers."""
        return self._insist(lambda: begin(self._kinesis, self._options))

    def freeze(self) -> None:
        """From now on, read nothing that comes later than this moment."""
        self._roster.freeze(
            self._insist(lambda: available_now.bounds(self._kinesis, self._options.streams))
        )

    def next_batch(self, start: Offset, patience: float) -> Batch:
        """The records behind an offset; waits for up to `patience` seconds for the first one.

        A run whose end is fixed waits for as long as that end has not been reached.

        Raises:
            SourceError: the query cannot go on.
        """
        self._check_streams(start)
        deadline = self._clock() + patience
        while True:
            batch = self._look(start)
            if batch.pages or batch.offset != start or self._over(start, deadline):
                return batch
            left = deadline - self._clock()
            until_due = self._roster.until_due()
            self._wait(until_due if self._roster.frozen else max(0.001, min(until_due, left)))

    def _over(self, offset: Offset, deadline: float) -> bool:
        if self._roster.frozen:
            return self._roster.finished(offset, self._directory.names)
        return self._clock() >= deadline

    def _check_streams(self, start: Offset) -> None:
        theirs, ours = sorted(start), sorted(self._options.streams)
        if theirs != ours:
            raise SourceError(
                f"The checkpoint belongs to {', '.join(theirs)}, but the option streamName says {', '.join(ours)}. "
                f"Give each query its own checkpoint folder; to read other streams, begin with a new one."
            )

    def _look(self, start: Offset) -> Batch:
        """One poll of each shard whose time has come; another shard is the first one each time."""
        batch = Batch(start)
        due = [
            (stream, shard, slot)
            for stream in start
            for shard, slot in self._shards(batch, stream)
            if self._roster.is_due(slot)
        ]
        self._turn += 1
        shift = self._turn % max(1, len(due))
        for stream, shard, slot in due[shift:] + due[:shift]:
            self._poll(batch, stream, shard, slot)
        return batch

    def _shards(self, batch: Batch, stream: str) -> list[tuple[Shard, Slot]]:
        """Bring a stream's positions in step with its shards; give those that may be read."""
        before = batch.offset[stream]
        known = self._directory.known(stream, before.created)
        if known is None:
            return []
        found, listed = known
        if found.created != before.created:
            log.warning("%s was recreated: it is read from its first record on", stream)
            batch.renew(stream, found.created)
            before = batch.offset[stream]
        positions, unread = follow(before.shards, listed)
        loss = LossPolicy(found.now - found.retention, self._options.fail_on_data_loss)
        for shard_id in unread:
            loss.lost(f"{stream}, {shard_id}: the shard expired before it was read to its end")
        if positions != before.shards:
            batch.move(stream, positions)
        return [
            (shard, self._roster.slot((stream, shard.shard_id), positions[shard.shard_id], loss))
            for shard in readable(positions, listed)
        ]

    def _poll(self, batch: Batch, stream: str, shard: Shard, slot: Slot) -> None:
        """Take one page, if there is room for it; a shard in trouble does not hold up the others."""
        room = batch.room(self._options)
        if room <= 0:
            return
        try:
            records = slot.reader.poll(room, shard.ending)
        except TroubleError as error:
            self._roster.failed(slot, error)
        except (NotFoundError, RefusedError) as error:
            self._log_lost(batch, stream, shard, error)
        else:
            place = (stream, shard.shard_id)
            self._roster.polled(slot, batch.add(place, records, slot.reader.position))

    def _log_lost(
        self, batch: Batch, stream: str, shard: Shard, error: NotFoundError | RefusedError
    ) -> None:
        """Kinesis has lost the stream, or its newest records with the one that was read last: go on behind them.

        Raises:
            SourceError: unless the user said that the query is to go on.
        """
        before = batch.offset[stream]
        if self._options.fail_on_log_loss:
            raise self._directory.changed(stream, before.created, error) from error
        self._directory.forget(stream)
        known = self._directory.known(stream, before.created)
        if known is None or known[0].created != before.created:
            return
        later = before.shards[shard.shard_id].later()
        if later is None:
            raise self._directory.changed(stream, before.created, error) from error
        log.warning("%s, %s has lost what was read last: %s", stream, shard.shard_id, error)
        batch.move(stream, {**before.shards, shard.shard_id: later})

    def _insist(self, attempt: Callable[[], Found]) -> Found:
        """Repeat until Kinesis answers."""
        patience = Patience("Kinesis", self._options.retry_timeout, self._clock)
        while True:
            try:
                return attempt()
            except TroubleError as error:
                self._wait(patience.failed(error))
