"""Takes micro-batches out of all shards of all streams."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from ..client.backoff import Backoff
from ..client.kinesis import Kinesis
from ..client.shards import Shard, follow, readable
from ..client.stream_metadata import StreamMetadata
from ..errors import InvalidArgumentError, ResourceNotFoundError, RetriableError, SourceError
from ..offset import Offset
from ..options import Options
from . import available_now
from .loss import LossPolicy
from .micro_batch import MicroBatch
from .shard_schedule import ScheduledShard, ShardSchedule
from .starting_offset import starting_offset

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
        self._metadata = StreamMetadata(kinesis, options, clock)
        self._schedule = ShardSchedule(kinesis, options, clock)
        self._rotation = 0

    def starting_offset(self) -> Offset:
        """The first positions, as soon as Kinesis answers."""
        return self._retry(lambda: starting_offset(self._kinesis, self._options))

    def stop_at_current_end(self) -> None:
        """From now on, read nothing that comes later than this moment."""
        self._schedule.set_bounds(
            self._retry(lambda: available_now.bounds(self._kinesis, self._options.streams))
        )

    def next_batch(self, start: Offset, timeout: float) -> MicroBatch:
        """The records behind an offset; waits for up to `timeout` seconds for the first one.

        A run whose end is fixed waits for as long as that end has not been reached.

        Raises:
            SourceError: the query cannot go on.
        """
        self._check_streams(start)
        deadline = self._clock() + timeout
        while True:
            batch = self._poll_due_shards(start)
            if batch.pages or batch.offset != start or self._over(start, deadline):
                return batch
            left = deadline - self._clock()
            until_due = self._schedule.until_due()
            self._wait(until_due if self._schedule.is_bounded else max(0.001, min(until_due, left)))

    def _over(self, offset: Offset, deadline: float) -> bool:
        if self._schedule.is_bounded:
            return self._schedule.finished(offset, self._metadata.shard_ids)
        return self._clock() >= deadline

    def _check_streams(self, start: Offset) -> None:
        theirs, ours = sorted(start), sorted(self._options.streams)
        if theirs != ours:
            raise SourceError(
                f"The checkpoint belongs to {', '.join(theirs)}, but the option streamName says {', '.join(ours)}. "
                f"Give each query its own checkpoint folder; to read other streams, begin with a new one."
            )

    def _poll_due_shards(self, start: Offset) -> MicroBatch:
        """One poll of each shard whose time has come; another shard is the first one each time."""
        batch = MicroBatch(start)
        due = [
            (stream, shard, scheduled)
            for stream in start
            for shard, scheduled in self._shards(batch, stream)
            if self._schedule.is_due(scheduled)
        ]
        self._rotation += 1
        shift = self._rotation % max(1, len(due))
        for stream, shard, scheduled in due[shift:] + due[:shift]:
            self._poll(batch, stream, shard, scheduled)
        return batch

    def _shards(self, batch: MicroBatch, stream: str) -> list[tuple[Shard, ScheduledShard]]:
        """Bring a stream's positions in step with its shards; give those that may be read."""
        before = batch.offset[stream]
        current = self._metadata.current(stream, before.created)
        if current is None:
            return []
        found, listed = current
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
            (
                shard,
                self._schedule.scheduled((stream, shard.shard_id), positions[shard.shard_id], loss),
            )
            for shard in readable(positions, listed)
        ]

    def _poll(
        self, batch: MicroBatch, stream: str, shard: Shard, scheduled: ScheduledShard
    ) -> None:
        """Take one page, if there is room for it; a shard that does not answer does not hold up the others."""
        room = batch.room(self._options)
        if room <= 0:
            return
        try:
            records = scheduled.reader.poll(room, shard.ending)
        except RetriableError as error:
            self._schedule.failed(scheduled, error)
        except (ResourceNotFoundError, InvalidArgumentError) as error:
            self._log_lost(batch, stream, shard, error)
        else:
            shard_key = (stream, shard.shard_id)
            self._schedule.polled(
                scheduled, batch.add(shard_key, records, scheduled.reader.position)
            )

    def _log_lost(
        self,
        batch: MicroBatch,
        stream: str,
        shard: Shard,
        error: ResourceNotFoundError | InvalidArgumentError,
    ) -> None:
        """Kinesis has lost the stream, or its newest records with the one that was read last: go on behind them.

        Raises:
            SourceError: unless the user said that the query is to go on.
        """
        before = batch.offset[stream]
        if self._options.fail_on_log_loss:
            raise self._metadata.explain_unknown_position(stream, before.created, error) from error
        self._metadata.invalidate(stream)
        current = self._metadata.current(stream, before.created)
        if current is None or current[0].created != before.created:
            return
        later = before.shards[shard.shard_id].later()
        if later is None:
            raise self._metadata.explain_unknown_position(stream, before.created, error) from error
        log.warning("%s, %s has lost what was read last: %s", stream, shard.shard_id, error)
        batch.move(stream, {**before.shards, shard.shard_id: later})

    def _retry(self, attempt: Callable[[], Found]) -> Found:
        """Repeat until Kinesis answers."""
        backoff = Backoff("Kinesis", self._options.retry_timeout, self._clock)
        while True:
            try:
                return attempt()
            except RetriableError as error:
                self._wait(backoff.failed(error))
