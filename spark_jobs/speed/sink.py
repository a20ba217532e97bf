"""Where a micro-batch goes: its rows into their table, the others into quarantine, each exactly once.

This runs on the Spark server, in the Python process of `foreachBatch`, one for each query. Spark repeats a
batch that it does not know to be done; each append therefore carries Delta's transaction identifier, the
query's id with the batch's number, and one that is in the table already is skipped.

delta-rs writes, and not Spark: of a micro-batch's time Spark's own Delta sink spends the greater part on
building the table's state anew (docs/decisions/2026-11-21-speed-latency.md).

A batch is on the disk (fsync) when it is done: first what Spark planned it to be, then its rows. Otherwise a loss of
power could leave a checkpoint that is ahead of the table, and records that are in neither.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError
from pyspark.sql import DataFrame

from services.streams.checkpoint import sync_plan
from spark_jobs.delta_sync import sync_commits
from spark_jobs.speed.tables import QUARANTINE


class DeltaAppender:
    """Appends micro-batches of one query to Delta tables, each once.

    Args:
        query_id: The query's identifier.
    """

    def __init__(self, query_id: str) -> None:
        self._query_id = query_id
        self._open: dict[str, DeltaTable] = {}

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_open": {}}

    def append(self, path: str, records: pa.Table, number: int) -> None:
        """Append a batch's records to the table in a folder, unless they are in it already."""
        if not len(records):
            return
        table = self._table(path)
        if _done(table, self._query_id) >= number:
            sync_commits(Path(path))
            return
        names = [field.name for field in table.schema().fields]
        once = CommitProperties(app_transactions=[Transaction(self._query_id, number)])
        try:
            write_deltalake(table, records.select(names), mode="append", commit_properties=once)
        except CommitFailedError:
            if _done(self._table(path), self._query_id) < number:
                raise
        sync_commits(Path(path))

    def _table(self, path: str) -> DeltaTable:
        """The table as it is now; kept, so that only new commits are read."""
        if path in self._open:
            self._open[path].update_incremental()
        else:
            self._open[path] = DeltaTable(path)
        return self._open[path]


class DeltaSink(DeltaAppender):
    """Appends the micro-batches of one query.

    Args:
        rows: Folder of the table.
        quarantine: Folder of the quarantine.
        query_id: The query's identifier.
        checkpoint: Folder of its checkpoint.
    """

    def __init__(self, rows: str, quarantine: str, query_id: str, checkpoint: Path) -> None:
        super().__init__(query_id)
        self.rows = rows
        self.quarantine = quarantine
        self.checkpoint = checkpoint

    def __call__(self, batch: DataFrame, number: int) -> None:
        """Take one micro-batch; an error makes Spark end the query, and repeat the batch after a restart."""
        records = batch.toArrow()
        sync_plan(self.checkpoint, number)
        bad = pc.is_valid(records["reason"])
        self.append(self.quarantine, aside(records.filter(bad)), number)
        self.append(self.rows, records.filter(pc.invert(bad)), number)


def _done(table: DeltaTable, query_id: str) -> int:
    """Number of the query's last batch in the table; -1 before the first."""
    version = table.transaction_version(query_id)
    return -1 if version is None else version


def aside(records: pa.Table) -> pa.Table:
    """Records as the quarantine has them."""
    now = pa.array([datetime.now(UTC)] * len(records), QUARANTINE.field("quarantined_at").type)
    return records.append_column("quarantined_at", now)
