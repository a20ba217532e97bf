"""What Spark calls: `SimpleDataSourceStreamReader`, in the one process that plans a query's micro-batches."""

import logging
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import SimpleDataSourceStreamReader
from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow

from . import offset
from .client.kinesis import Kinesis
from .options import Options
from .reading.fetcher import Fetcher
from .reading.replay import Replay
from .rows import Prefetched

_FIRST_RECORD_WAIT = 1.0
"""Seconds that one `read` waits for a first record, so that Spark does not spin."""

log = logging.getLogger("pyspark_kinesis")


class KinesisStreamReader(SimpleDataSourceStreamReader, SupportsTriggerAvailableNow):
    """Reads micro-batches; clients and iterators are made when first needed, and never pickled."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._fetcher: Fetcher | None = None
        self._batches: list[tuple[dict[str, Any], Prefetched]] = []

    def __getstate__(self) -> dict[str, Any]:
        return {"_options": self._options, "_fetcher": None, "_batches": []}

    def initialOffset(self) -> dict[str, Any]:
        """The same for every new query; see `offset.NOT_BEGUN`."""
        return offset.NOT_BEGUN

    def read(self, start: dict[str, Any]) -> tuple[Iterator[pa.RecordBatch], dict[str, Any]]:
        """The next micro-batch, and the offset behind it."""
        fetcher = self._fetch()
        if start == offset.NOT_BEGUN:
            return Prefetched([]), offset.dump(fetcher.starting_offset())
        batch = fetcher.next_batch(offset.load(start), _FIRST_RECORD_WAIT)
        rows, end = Prefetched(batch.pages), offset.dump(batch.offset)
        if batch.pages:
            self._batches.append((end, rows))
        return rows, end

    def readBetweenOffsets(
        self, start: dict[str, Any], end: dict[str, Any]
    ) -> Iterator[pa.RecordBatch]:
        """A batch that was planned before a restart, once more."""
        return Replay(self._connect(), self._options).between(offset.load(start), offset.load(end))

    def commit(self, end: dict[str, Any]) -> None:
        """Free the rows of all batches up to this one."""
        ends = [planned for planned, _ in self._batches]
        if end in ends:
            last = ends.index(end) + 1
            for _, rows in self._batches[:last]:
                rows.free()
            del self._batches[:last]

    def prepareForTriggerAvailableNow(self) -> None:
        """Fix the end of a run with `trigger(availableNow=True)`."""
        self._fetch().stop_at_current_end()

    def _fetch(self) -> Fetcher:
        if self._fetcher is None:
            for warning in self._options.warnings:
                log.warning("%s", warning)
            self._fetcher = Fetcher(self._connect(), self._options)
        return self._fetcher

    def _connect(self) -> Kinesis:
        from .client.connection import connect  # noqa: PLC0415 - boto3 is slow to import, and only readers need it

        return connect(self._options)
