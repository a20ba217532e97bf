"""Where a micro-batch of a shared stream goes: each table's rows into that table, the others into quarantine."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from services.streams.checkpoint import sync_plan
from services.tables import TABLES
from spark_jobs.speed.routing import UNROUTED, routed
from spark_jobs.speed.rows import rows
from spark_jobs.speed.sink import DeltaAppender, aside
from spark_jobs.speed.tables import QUARANTINE

_ASIDE = QUARANTINE.remove(QUARANTINE.get_field_index("quarantined_at"))


class SharedSink(DeltaAppender):
    """Appends the micro-batches of one query to several tables; each append is made once.

    Args:
        tables: Table name → folder.
        quarantine: Folder of the quarantine.
        query_id: The query's identifier.
        checkpoint: Folder of its checkpoint.
    """

    def __init__(
        self, tables: dict[str, str], quarantine: str, query_id: str, checkpoint: Path
    ) -> None:
        super().__init__(query_id)
        self._tables = tables
        self._quarantine = quarantine
        self._checkpoint = checkpoint

    def __call__(self, batch: DataFrame, number: int) -> None:
        """Take one micro-batch; an error makes Spark end the query, and repeat the batch after a restart."""
        records = batch.withColumn("table", routed()).persist()
        try:
            sync_plan(self._checkpoint, number)
            good, bad = {}, [_unrouted(records)]
            for table in TABLES:
                theirs = rows(records.where(F.col("table") == table.name), table).toArrow()
                is_bad = pc.is_valid(theirs["reason"])
                good[table.name] = _with_stream(theirs.filter(pc.invert(is_bad)))
                bad.append(theirs.filter(is_bad).select(_ASIDE.names).cast(_ASIDE))
            self.append(self._quarantine, aside(pa.concat_tables(bad)), number)
            for name, found in good.items():
                self.append(self._tables[name], found, number)
        finally:
            records.unpersist()


def _unrouted(records: DataFrame) -> pa.Table:
    found = records.where(F.col("table").isNull()).withColumns(
        {"raw": F.col("data"), "reason": F.lit(UNROUTED)}
    )
    return found.select(_ASIDE.names).toArrow().cast(_ASIDE)


def _with_stream(found: pa.Table) -> pa.Table:
    names = pc.binary_join_element_wise(found["stream"], found["shardId"], "/")
    return found.set_column(found.schema.get_field_index("shardId"), "shardId", names)
