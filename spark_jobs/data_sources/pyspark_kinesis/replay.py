"""Reads a micro-batch again that was planned, but not committed, before a restart: exactly its records."""

import time
from collections.abc import Callable, Iterator

import pyarrow as pa

from . import rows
from .directory import recreated, summary
from .errors import NotFoundError, RefusedError, TroubleError
from .kinesis import Kinesis
from .loss import LossPolicy
from .offset import Offset, Position
from .options import Options
from .patience import Patience
from .shard_reader import Bound, ShardReader

_POLL = 0.2


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
            for shard_id, goal in end[stream].shards.items():
                origin = start[stream].shards.get(shard_id, Position())
                if goal.after is not None and goal.after != origin.after:
                    yield from self._shard((stream, shard_id), origin, int(goal.after), loss)

    def _policy(self, stream: str, created: int) -> LossPolicy:
        found = summary(self._kinesis, stream)
        if found.created != created:
            raise recreated(stream)
        return LossPolicy(found.now - found.retention, self._options.fail_on_data_loss)

    def _shard(
        self, place: tuple[str, str], origin: Position, goal: int, loss: LossPolicy
    ) -> Iterator[pa.RecordBatch]:
        reader = ShardReader(self._kinesis, place, origin, loss, Bound(number=goal))
        patience = Patience(", ".join(place), self._options.retry_timeout)
        while not reader.done:
            try:
                records = reader.poll(self._options.max_records_per_fetch)
            except TroubleError as error:
                self._wait(patience.failed(error))
                continue
            except (NotFoundError, RefusedError) as error:
                raise recreated(place[0]) from error
            patience.succeeded()
            if records:
                yield rows.arrow(*place, records)
            elif not reader.done:
                self._wait(_POLL)
        if int(reader.position.after or -1) != goal:
            loss.lost(
                f"{', '.join(place)}: records up to {goal} of a batch that was being written are gone"
            )
