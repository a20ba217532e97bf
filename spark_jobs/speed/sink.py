"""Where a micro-batch goes: its rows into their table, the others into quarantine, each exactly once.

This runs on the Spark server, in the Python process of `foreachBatch`, one for each query. Spark repeats a
batch that it does not know to be done; each append therefore carries Delta's transaction identifier, the
query's id with the batch's number, and one that is in the table already is skipped.

delta-rs writes, and not Spark: of a micro-batch's time Spark's own Delta sink spends the greater part on
building the table's state anew (docs/decisions/2026-11-21-speed-latency.md).

A batch is on the disk (fsync) when it is done: first what Spark planned it to be, then its rows. Otherwise a loss of
power could leave a checkpoint that is ahead of the table, and records that are in neither.
"""

from dataclasses import dataclass, field
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


@dataclass
class DeltaSink:
    """Appends the micro-batches of one query.

    Attributes:
        rows: Folder of the table.
        quarantine: Folder of the quarantine.
        query_id: The query's identifier.
        checkpoint: Folder of its checkpoint.
    """

    rows: str
    quarantine: str
    query_id: str
    checkpoint: Path
    _open: dict[str, DeltaTable] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_open": {}}

    def __call__(self, batch: DataFrame, number: int) -> None:
        """Take one micro-batch; an error makes Spark end the query, and repeat the batch after a restart."""
        records = batch.toArrow()
        sync_plan(self.checkpoint, number)
        bad = pc.is_valid(records["reason"])
        self._append(self.quarantine, _aside(records.filter(bad)), number)
        self._append(self.rows, records.filter(pc.invert(bad)), number)

    def _append(self, path: str, records: pa.Table, number: int) -> None:
        if not len(records):
            return
        table = self._table(path)
        if _done(table, self.query_id) >= number:
            sync_commits(Path(path))
            return
        names = [field.name for field in table.schema().fields]
        once = CommitProperties(app_transactions=[Transaction(self.query_id, number)])
        try:
            write_deltalake(table, records.select(names), mode="append", commit_properties=once)
        except CommitFailedError:
            if _done(self._table(path), self.query_id) < number:
                raise
        sync_commits(Path(path))

    def _table(self, path: str) -> DeltaTable:
        """The table as it is now; kept, so that only new commits are read."""
        if path in self._open:
            self._open[path].update_incremental()
        else:
            self._open[path] = DeltaTable(path)
        return self._open[path]


def _done(table: DeltaTable, query_id: str) -> int:
    """Number of the query's last batch in the table; -1 before the first."""
    version = table.transaction_version(query_id)
    return -1 if version is None else version


def _aside(records: pa.Table) -> pa.Table:
    now = pa.array([datetime.now(UTC)] * len(records), QUARANTINE.field("quarantined_at").type)
    return records.append_column("quarantined_at", now)
