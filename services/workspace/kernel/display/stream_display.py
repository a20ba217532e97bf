"""`display()` of a streaming frame: a table that grows by itself, within bounds."""

import time
from typing import Any
from uuid import uuid4

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from services.workspace.kernel.display import table
from services.workspace.kernel.process.output import print_once
from services.workspace.kernel.streaming import notebook_queries
from services.workspace.kernel.streaming.refresher import refresher

LIMIT = 1_000
"""Rows after which the table has shown enough: Spark keeps all of them in memory."""

_MAX_SECONDS = 600.0
"""Seconds after which it ends in a notebook that stays open."""

_FIRST_ROWS_TIMEOUT = 10.0
"""Seconds for which the end of a run waits for a table that has shown nothing yet."""

_POLL = 1


class StreamDisplay:
    """A streaming query into Spark's memory sink, and what is shown of it."""

    def __init__(self, query: StreamingQuery, spark: SparkSession, columns: list[str]) -> None:
        self._query = query
        self._spark = spark
        self._columns = columns
        self._display_id = f"display-{uuid4()}"
        self._began = time.monotonic()
        self._batch: tuple[int, int] | None = None
        self._rows: list[Any] = []

    def announce(self) -> None:
        """Publish the table, still empty; each refresh updates this output."""
        table.publish_table(self._content("The stream has begun."), display_id=self._display_id)

    def refresh(self) -> bool:
        """Show new rows, and end the query at the bounds; return whether more may come."""
        active = self._query.isActive
        if self._changed():
            self._rows = self._spark.table(f"`{self._query.name}`").limit(LIMIT).collect()
            self._update(f"{len(self._rows):,} rows so far." if active else "The stream has ended.")
        over = len(self._rows) >= LIMIT or time.monotonic() - self._began > _MAX_SECONDS
        if active and over:
            self._end(f"The first {len(self._rows):,} rows; the stream's display has ended.")
        return active and not over

    def finish(self) -> None:
        """Wait a little for first rows, show what is there, and end."""
        while (
            self.refresh()
            and not self._rows
            and time.monotonic() - self._began < _FIRST_ROWS_TIMEOUT
        ):
            self._query.awaitTermination(_POLL)
        self._end(f"{len(self._rows):,} rows until the notebook's end.")

    def _end(self, note: str) -> None:
        if self._query.isActive:
            self._query.stop()
            self._update(note)

    def _changed(self) -> bool:
        progress = self._query.lastProgress
        batch = (progress.batchId, progress.numInputRows) if progress else None
        changed, self._batch = batch != self._batch, batch
        return changed

    def _update(self, note: str) -> None:
        table.publish_table(self._content(note), display_id=self._display_id, update=True)

    def _content(self, note: str) -> table.RenderedTable:
        return table.render(self._columns, self._rows, LIMIT, note)


def display_stream(frame: DataFrame, **options: Any) -> None:
    """Start showing a streaming frame, and return at once.

    Args:
        frame: A streaming frame.
        options: Databricks' own; `trigger` or `processingTime` say how often new rows are taken.
    """
    if options.get("checkpointLocation"):
        print_once(
            "display", "display(): the checkpoint is not used; each display reads its stream anew."
        )
    spark: Any = frame.sparkSession
    table = StreamDisplay(_start(frame, options), spark, frame.columns)
    table.announce()
    refresher.add(table)
    notebook_queries.on_finish(table.finish)


def _start(frame: DataFrame, options: dict[str, Any]) -> StreamingQuery:
    """Aggregates cannot be appended: they are shown as a whole each time."""
    try:
        return _query(frame, options, "append")
    except AnalysisException as error:
        if error.getCondition() != "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION":
            raise
        return _query(frame, options, "complete")


def _query(frame: DataFrame, options: dict[str, Any], mode: str) -> StreamingQuery:
    writer = frame.writeStream.format("memory").outputMode(mode)
    trigger = options.get("trigger") or {"processingTime": options.get("processingTime")}
    if isinstance(trigger, dict) and any(trigger.values()):
        writer = writer.trigger(**trigger)
    return writer.queryName(f"{notebook_queries.DISPLAY_PREFIX}{uuid4().hex[:12]}").start()
