"""Starting streaming queries on a busy machine.

Spark gives the Python process of a source or a `foreachBatch` ten seconds to come up. Several at once on two cores
do not make it. So each query is waited for until its sources are there, and started again if they were late.
"""

import time
from collections.abc import Callable

from pyspark.errors import PySparkException
from pyspark.sql.streaming.query import StreamingQuery

_STARTS = 4
_LATE = "Python worker failed to connect back"

_BEGINNING = {"Initializing StreamExecution", "Initializing sources"}
"""What Spark calls the state of a query whose sources are not there yet."""

_LONGEST = 20.0
"""Seconds to wait for that; a source may have reasons of its own to take longer."""

_POLL = 0.1


def start_patiently(start: Callable[[], StreamingQuery]) -> StreamingQuery:
    """Start a query; again, a few times, if its Python process was late."""
    for _ in range(_STARTS - 1):
        try:
            query = start()
        except PySparkException as error:
            if not _is_late(error):
                raise
        else:
            if not _is_late(_early_end(query)):
                return query
    return start()


def _early_end(query: StreamingQuery) -> Exception | None:
    """Wait until the query's sources are there; what ended it before, if anything did."""
    deadline = time.monotonic() + _LONGEST
    while query.status["message"] in _BEGINNING and time.monotonic() < deadline:
        time.sleep(_POLL)
    return None if query.isActive else query.exception()


def _is_late(error: Exception | None) -> bool:
    return _LATE in str(error)
