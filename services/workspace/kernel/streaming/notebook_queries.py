"""The streaming queries of a notebook: tracked from their start, awaited at its end, and named when they fail."""

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython
from pyspark.errors import StreamingQueryException
from pyspark.sql.streaming.query import StreamingQuery

from services.workspace.kernel.streaming.refresher import refresher
from services.workspace.kernel.streaming.tracked_query import TrackedQuery

DISPLAY_PREFIX = "display_"
"""How the names of `display()`'s own queries begin; they are not the notebook's."""

_POLL_SECONDS = 1
"""Seconds from one poll of the awaited queries to the next."""


class StreamFailedError(Exception):
    """A streaming query of the notebook failed; the message names the query, its cell and the cause."""


_queries: list[TrackedQuery] = []
_on_finish: list[Callable[[], None]] = []


def track(query: StreamingQuery, name: str, checkpoint: str = "") -> None:
    """Track a query that the notebook started: show its progress, and await it at the notebook's end.

    Args:
        query: Just started.
        name: What its progress is shown under: its target's name, else its own.
        checkpoint: Its folder, as Spark got it; empty when Spark chose one.
    """
    if name.startswith(DISPLAY_PREFIX):
        return
    tracked = TrackedQuery(query, name, checkpoint, _cell())
    _queries.append(tracked)
    tracked.announce()
    refresher.add(tracked)


def on_finish(finish: Callable[[], None]) -> None:
    """Have something done when the notebook has ended, before its own queries are awaited."""
    _on_finish.append(finish)


def running_checkpoints() -> dict[str, StreamingQuery]:
    """Checkpoint folder, as Spark got it → its query, of the queries that run."""
    return {item.checkpoint: item.query for item in _queries if item.checkpoint and item.active}


def finish_queries() -> None:
    """End what `display()` began, and wait for the notebook's own queries until they end by themselves.

    Raises:
        StreamFailedError: a query failed; it names the query and its cell. The others end with the session.
    """
    refresher.stop()
    while _on_finish:
        _on_finish.pop(0)()
    try:
        _await(_queries)
    finally:
        _queries.clear()


def _await(queries: list[TrackedQuery]) -> None:
    while running := [item for item in queries if _is_running(item)]:
        _pause(running[0])
        for item in running:
            item.refresh()


def _is_running(item: TrackedQuery) -> bool:
    """Whether a query still runs; a failed one raises."""
    if item.active:
        return True
    item.report()
    failure = item.query.exception()
    if failure is not None:
        raise StreamFailedError(item.failure(failure))
    return False


def _pause(item: TrackedQuery) -> None:
    try:
        item.query.awaitTermination(_POLL_SECONDS)
    except StreamingQueryException as error:
        item.report()
        raise StreamFailedError(item.failure(error)) from None


def _cell() -> int:
    """The number of the cell that runs: IPython counts before it runs one."""
    shell: Any = get_ipython()
    return int(shell.execution_count) - 1 if shell else 0
