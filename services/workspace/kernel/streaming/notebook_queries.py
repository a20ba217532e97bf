"""The streaming queries of a notebook: kept, shown, awaited at its end, and named when they fail."""

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython
from pyspark.errors import StreamingQueryException
from pyspark.sql.streaming.query import StreamingQuery

from services.workspace.kernel.streaming.refresher import watcher
from services.workspace.kernel.streaming.tracked_query import Stream

DISPLAY = "display_"
"""How the names of `display()`'s own queries begin; they are not the notebook's."""

_PERIOD = 1
"""Seconds between two looks at the queries that are awaited."""


class StreamFailedError(Exception):
    """A streaming query of the notebook failed."""


_streams: list[Stream] = []
_endings: list[Callable[[], None]] = []


def remember(query: StreamingQuery, name: str, checkpoint: str = "") -> None:
    """Keep a query that the notebook started, and show how far it is."""
    if name.startswith(DISPLAY):
        return
    stream = Stream(query, name, checkpoint, _cell())
    _streams.append(stream)
    stream.announce()
    watcher.watch(stream)


def at_end(finish: Callable[[], None]) -> None:
    """Have something done when the notebook has ended, before its own streams are awaited."""
    _endings.append(finish)


def running_checkpoints() -> dict[str, StreamingQuery]:
    """Checkpoint folder, as Spark was told → its query, of the queries that run."""
    return {item.checkpoint: item.query for item in _streams if item.checkpoint and item.active}


def finish_streams() -> None:
    """End what `display()` began, and wait for the notebook's own queries until they end by themselves.

    Raises:
        StreamFailedError: a query failed; it names the query and its cell. The others end with the session.
    """
    watcher.stop()
    while _endings:
        _endings.pop(0)()
    try:
        _await(_streams)
    finally:
        _streams.clear()


def _await(streams: list[Stream]) -> None:
    while running := [item for item in streams if _runs(item)]:
        _pause(running[0])
        for item in running:
            item.refresh()


def _runs(item: Stream) -> bool:
    """Whether a query still runs; a failed one raises."""
    if item.active:
        return True
    item.report()
    failure = item.query.exception()
    if failure is not None:
        raise StreamFailedError(item.failure(failure))
    return False


def _pause(item: Stream) -> None:
    try:
        item.query.awaitTermination(_PERIOD)
    except StreamingQueryException as error:
        item.report()
        raise StreamFailedError(item.failure(error)) from None


def _cell() -> int:
    """The number of the cell that runs: IPython counts before it runs one."""
    shell: Any = get_ipython()
    return int(shell.execution_count) - 1 if shell else 0
