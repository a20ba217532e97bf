"""The running application: starts the queries, watches them, keeps the tables tidy, ends them."""

import logging
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from services.aws import kinesis_client
from services.settings import Settings
from services.streams.provision import CLIENT_CONFIG, StreamOptions, provision
from services.streams.readiness import streaming
from services.streams.shared import shared_streams
from services.tables import TABLES
from spark_jobs.lake import speed_quarantine, speed_tier
from spark_jobs.session import SparkUnreachableError, cause, connect
from spark_jobs.speed import queries, tables
from spark_jobs.speed.recovery import recover_tables
from spark_jobs.speed.tidy import tidy

WATCH_SECONDS = 1.0
TIDY_SECONDS = 60.0
SPARK_SECONDS = 120.0
"""How long Spark may take to answer at the start."""

log = logging.getLogger(__name__)


class QueryFailedError(Exception):
    """A streaming query has ended by itself; the message says which and why."""


class Application:
    """One run, until it is stopped or a query fails."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._shared: set[str] = set()

    def run(self) -> None:
        """Stream until SIGTERM or SIGINT.

        Raises:
            RefusedError: a table and its checkpoint do not belong together.
            QueryFailedError: a query has ended.
            ClientError, BotoCoreError: Kinesis does not answer.
            SparkUnreachableError: Spark does not answer.
            PySparkException: Spark went away.
        """
        with self._stoppable():
            if spark := self._await_spark():
                try:
                    self._stream(spark)
                finally:
                    spark.stop()

    def _stream(self, spark: SparkSession) -> None:
        recover_tables(self._settings)
        tables.create(self._settings)
        self._provision()
        tables.register(spark, self._settings)
        running = queries.start(spark, self._settings)
        try:
            self._start_shared(spark, running)
            with streaming(self._settings.state_dir):
                log.info("streaming into %s", ", ".join(str(query.name) for query in running))
                self._watch(spark, running)
        finally:
            _end(running)

    def _provision(self, *shared: str) -> None:
        """The streams may have gone with an emulator that keeps nothing; nobody else makes them until records come."""
        settings = self._settings
        wanted = StreamOptions(
            settings.user_id, settings.stream_shards, settings.stream_retention_hours, shared
        )
        if made := provision(kinesis_client(settings, CLIENT_CONFIG), wanted):
            log.info("made %s", ", ".join(made))

    def _start_shared(self, spark: SparkSession, running: list[StreamingQuery]) -> None:
        """Begin to read shared streams that were added."""
        for stream in shared_streams(self._settings.lake):
            if stream not in self._shared:
                self._provision(stream)
                running.append(queries.start_shared(spark, self._settings, stream))
                self._shared.add(stream)
                log.info("streaming %s into all three tables", stream)

    def _watch(self, spark: SparkSession, running: list[StreamingQuery]) -> None:
        due = time.monotonic() + TIDY_SECONDS
        while not self._stop.wait(WATCH_SECONDS):
            self._start_shared(spark, running)
            for query in running:
                if not query.isActive:
                    raise _failure(query)
            if time.monotonic() >= due:
                self._tidy()
                due = time.monotonic() + TIDY_SECONDS

    def _tidy(self) -> None:
        folders = [speed_tier(self._settings, table).rows.folder for table in TABLES]
        for folder in [*folders, speed_quarantine(self._settings.lake).folder]:
            tidy(folder)

    def _await_spark(self) -> SparkSession | None:
        """A session of one's own; None when the run was ended before Spark answered."""
        deadline = time.monotonic() + SPARK_SECONDS
        while not self._stop.is_set():
            try:
                return connect(self._settings)
            except (SparkUnreachableError, PySparkException) as error:
                if time.monotonic() > deadline:
                    raise
                log.info("waiting for Spark: %s", cause(error))
                self._stop.wait(WATCH_SECONDS)
        return None

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the run."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {n: signal.signal(n, lambda *_: self._stop.set()) for n in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _failure(query: StreamingQuery) -> QueryFailedError:
    error = query.exception()
    reason = _innermost(str(error)) if error else "it was stopped from outside"
    return QueryFailedError(f"the stream into {query.name} has ended: {reason}")


def _innermost(text: str) -> str:
    """The line in which Python or Spark says what was wrong, without traces."""
    lines = [line.strip() for line in text.splitlines()]
    meaningful = [
        line for line in lines if line and not line.startswith(("at ", "File ", "SQLSTATE"))
    ]
    errors = [line for line in meaningful if "Error" in line.split(":")[0] or "Exception" in line]
    return (errors or meaningful or ["unknown"])[-1]


def _end(running: Sequence[StreamingQuery]) -> None:
    """Stop the queries, each after its micro-batch; a server that is gone has stopped them."""
    for query in running:
        try:
            query.stop()
        except PySparkException as error:
            log.warning("stopping %s: %s", query.name, cause(error))
