"""The serving layer of the Lambda architecture: what the two layers hold, as one table.

Pure functions on the layers' tables as docs/architecture.md describes them, for answers and notebooks.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from services.tables import Table
from spark_jobs.schemas import schema


def newest(events: DataFrame, table: Table) -> DataFrame:
    """One clean row per ind of a speed table, the newest event winning.

    Kinesis orders a shard's records by sequence number and says when each arrived; between shards
    the arrival decides. Numbers without leading zeros compare as integers by length, then as text.
    """
    number = F.col("sequenceNumber")
    age = F.struct("approximateArrivalTimestamp", F.length(number), number, "shardId")
    row = F.max_by(F.struct(*schema(table).clean), age)
    return events.groupBy("ind").agg(row.alias("row")).select("row.*")


def every(events: DataFrame, table: Table) -> DataFrame:
    """Each event of a speed table, re-posts included, as a clean row."""
    return events.select(*schema(table).clean)


def merged(batch: DataFrame, speed: DataFrame) -> DataFrame:
    """The batch layer's truth, and every ind that only the speed layer has yet.

    Args:
        batch: Clean rows of the batch layer: one per ind, or every event.
        speed: The same of the speed layer.
    """
    known = batch.select("ind").distinct()
    return batch.unionByName(speed.join(known, "ind", "left_anti"))
