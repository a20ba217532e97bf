"""Reads a micro-batch again that was planned, but not committed, before a restart: exactly its records."""

import logging
import time
from collections.abc import Callable, Iterator

import pyarrow as pa

from .. import rows
from ..client.backoff import Backoff
from ..client.kinesis import Kinesis
from ..client.stream_metadata import describe_stream, recreated
from ..errors import InvalidArgumentError, ResourceNotFoundError, RetriableError
from ..offset import Offset, Position
from ..options import Options
from .loss import LossPolicy
from .shard_reader import Bound, ShardReader

_POLL = 0.2

log = logging.getLogger("pyspark_kinesis")


class Replay:
    """Reads what lies between two offsets."""

    def __init__(
        self, kinesis: Kinesis, options: Options, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._kinesis = kinesis
        self._options = options
        self._wait = wait

    def between(self, start: Offset, end: Offset) -> Iterator[pa.RecordBatch]:
        """The records after `start`, up to and including `end`.

        A batch that starts at a query's very beginning only fixed the positions, and has none.

        Raises:
            DataLossError: some of them no longer exist.
        """
        for stream in (name for name in end if name in start):
            loss = self._policy(stream, end[stream].created)
            if loss is None:
                continue
            same = start[stream].created == end[stream].created
            origins = start[stream].shards if same else {}
            for shard_id, goal in end[stream].shards.items():
                origin = origins.get(shard_id, Position())
                if goal.after is not None and goal.after != origin.after:
                    yield from self._shard((stream, shard_id), origin, goal, loss)

    def _policy(self, stream: str, created: int) -> LossPolicy | None:
        """None when the batch's stream is gone, and the query is to go on without its records."""
        found = describe_stream(self._kinesis, stream)
        if found.created != created and self._options.fail_on_log_loss:
            raise recreated(stream)
        if found.created != created:
            log.warning("%s was recreated: a batch that was being written is gone", stream)
            return None
        return LossPolicy(found.now - found.retention, self._options.fail_on_data_loss)

    def _shard(
        self, shard_key: tuple[str, str], origin: Position, goal: Position, loss: LossPolicy
    ) -> Iterator[pa.RecordBatch]:
        if self._is_cut_off(shard_key, goal):
            yield from self._left(shard_key, origin, goal, loss)
            return
        reader = ShardReader(self._kinesis, shard_key, origin, loss, Bound(number=_number(goal)))
        yield from self._pages(shard_key, reader)
        if _number(reader.position) != _number(goal):
            loss.lost(
                f"{', '.join(shard_key)}: records up to {goal.after} of a batch that was being written are gone"
            )

    def _is_cut_off(self, shard_key: tuple[str, str], goal: Position) -> bool:
        """Whether Kinesis has lost the batch's last record, and the query is to go on with what is left."""
        if self._options.fail_on_log_loss or goal.at is None:
            return False
        return not self._holds(shard_key, goal)

    def _holds(self, shard_key: tuple[str, str], position: Position) -> bool:
        try:
            self._kinesis.iterator(*shard_key, position)
        except (ResourceNotFoundError, InvalidArgumentError):
            return False
        return True

    def _left(
        self, shard_key: tuple[str, str], origin: Position, goal: Position, loss: LossPolicy
    ) -> Iterator[pa.RecordBatch]:
        """By time: numbers that were lost are given again, to later records."""
        log.warning(
            "%s has lost records up to %s of a batch that was being written", shard_key, goal.after
        )
        begin = origin if self._holds(shard_key, origin) else origin.later() or origin
        end = Bound(before=(goal.at or 0) + 1)
        yield from self._pages(shard_key, ShardReader(self._kinesis, shard_key, begin, loss, end))

    def _pages(self, shard_key: tuple[str, str], reader: ShardReader) -> Iterator[pa.RecordBatch]:
        backoff = Backoff(", ".join(shard_key), self._options.retry_timeout)
        while not reader.done:
            try:
                records = reader.poll(self._options.max_records_per_fetch)
            except RetriableError as error:
                self._wait(backoff.failed(error))
                continue
            except (ResourceNotFoundError, InvalidArgumentError) as error:
                raise recreated(shard_key[0]) from error
            backoff.succeeded()
            if records:
                yield rows.arrow(*shard_key, records)
            elif not reader.done:
                self._wait(_POLL)


def _number(position: Position) -> int:
    return int(position.after or -1)
