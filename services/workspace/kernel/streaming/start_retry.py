"""Starting a streaming query again when Spark's Python worker was too late to connect back.

Spark gives the Python process of a source or a `foreachBatch` ten seconds to come up. Several at once on two cores
do not make it. So each query is waited for until its sources are there, and started again if they were late.
"""

import time
from collections.abc import Callable

from pyspark.errors import PySparkException
from pyspark.sql.streaming.query import StreamingQuery

_ATTEMPTS = 4
_WORKER_TIMEOUT = "Python worker failed to connect back"

_INITIALIZING = {"Initializing StreamExecution", "Initializing sources"}
"""What Spark calls the state of a query whose sources are not there yet."""

_STARTUP_TIMEOUT = 20.0
"""Seconds to wait for that; a source may have reasons of its own to take longer."""

_POLL = 0.1


def start_with_retry(start: Callable[[], StreamingQuery]) -> StreamingQuery:
    """Start a query; again, a few times, if its Python process was late."""
    for _ in range(_ATTEMPTS - 1):
        try:
            query = start()
        except PySparkException as error:
            if not _is_worker_timeout(error):
                raise
        else:
            if not _is_worker_timeout(_startup_failure(query)):
                return query
    return start()


def _startup_failure(query: StreamingQuery) -> Exception | None:
    """Wait until the query's sources are there; what ended it before, if anything did."""
    deadline = time.monotonic() + _STARTUP_TIMEOUT
    while query.status["message"] in _INITIALIZING and time.monotonic() < deadline:
        time.sleep(_POLL)
    return None if query.isActive else query.exception()


def _is_worker_timeout(error: Exception | None) -> bool:
    return _WORKER_TIMEOUT in str(error)
