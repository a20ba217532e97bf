"""The streaming queries of a notebook: kept, awaited at its end, and named when they fail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from IPython.core.getipython import get_ipython
from pyspark.errors import PySparkException
from pyspark.sql.streaming.query import StreamingQuery

from services.workspace.kernel.errors import brief
from services.workspace.kernel.notices import say

_PERIOD = 1
"""Seconds between two looks at the queries."""


class StreamFailedError(Exception):
    """A streaming query of the notebook failed."""


@dataclass
class Stream:
    """One query that the notebook started.

    Attributes:
        name: Its target's name, else the query's own.
        checkpoint: Its folder, as Spark was told; empty when Spark chose one.
        cell: Number of the cell that started it, as Jupyter counts; 0 when it is not known.
    """

    query: StreamingQuery
    name: str
    checkpoint: str = ""
    cell: int = 0
    _rows: dict[int, int] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return bool(self.query.isActive)

    def rows(self) -> int:
        """How many rows it has read; Spark tells of the last hundred batches, so ask often."""
        for progress in self.query.recentProgress:
            known = self._rows.get(progress.batchId, 0)
            self._rows[progress.batchId] = max(known, progress.numInputRows)
        return sum(self._rows.values())


_streams: list[Stream] = []
_displays: list[Callable[[], None]] = []


def remember(query: StreamingQuery, name: str, checkpoint: str = "") -> None:
    """Keep a query that the notebook started; it may not keep it itself."""
    _streams.append(Stream(query, name, checkpoint, _cell()))


def at_end(stop: Callable[[], None]) -> None:
    """Have a stream of `display()` stopped when the notebook ends."""
    _displays.append(stop)


def running_checkpoints() -> dict[str, StreamingQuery]:
    """Checkpoint folder, as Spark was told → its query, of the queries that run."""
    return {item.checkpoint: item.query for item in _streams if item.checkpoint and item.active}


def finish_streams() -> None:
    """End what `display()` began, and wait for the notebook's own queries until they end by themselves.

    Raises:
        StreamFailedError: a query failed; the others are stopped then.
    """
    while _displays:
        _displays.pop()()
    _announce([item for item in _streams if item.active])
    try:
        _await(_streams)
    finally:
        for item in _streams:
            say(f"Stream {item.name}: {_count(item)} rows.")
        _streams.clear()


def _announce(running: list[Stream]) -> None:
    if running:
        names = ", ".join(item.name for item in running)
        say(f"Streams go on until they end or the run is cancelled: {names}.")


def _await(streams: list[Stream]) -> None:
    while running := [item for item in streams if _check(item)]:
        _pause(running[0])
        for item in running:
            item.rows()


def _check(item: Stream) -> bool:
    """Whether a query still runs; a failed one raises."""
    if item.active:
        return True
    failure = item.query.exception()
    if failure is not None:
        raise StreamFailedError(_failure(item, failure))
    return False


def _pause(item: Stream) -> None:
    try:
        item.query.awaitTermination(_PERIOD)
    except PySparkException as error:
        raise StreamFailedError(_failure(item, error)) from None


def _failure(item: Stream, error: BaseException) -> str:
    where = f" (cell {item.cell})" if item.cell else ""
    return f"Stream {item.name}{where} failed: {brief(error)}"


def _count(item: Stream) -> str:
    try:
        return str(item.rows())
    except PySparkException:
        return "unknown"


def _cell() -> int:
    shell: Any = get_ipython()
    return int(shell.execution_count) if shell else 0
