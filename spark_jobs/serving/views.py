"""The rows that a view of the lake shows: of the batch layer, of the speed layer, or of both."""

from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.cleaning import clean
from spark_jobs.lake import speed_tier, tier
from spark_jobs.parse import parse, rows, spread
from spark_jobs.serving import merge
from spark_jobs.serving.answer_tables import read_silver, silver_versions

VIEWS = ("batch", "speed", "merged")

_ADVICE = {
    "batch": "the batch layer has no {} rows. Run `make emulate`, then `make batch`.",
    "speed": "the speed layer has no {} rows. Run `make emulate LAYER=speed`; "
    "`make status` shows whether the streaming application runs.",
    "merged": "neither layer has {} rows. Run `make emulate`.",
}


class NothingYetError(Exception):
    """The view lacks a table; the message says which, and what to do."""


def read_view(
    spark: SparkSession, settings: Settings, view: str, *, every_event: bool = False
) -> dict[Table, DataFrame]:
    """The clean rows of all three tables in one of VIEWS.

    Args:
        spark: A session.
        settings: Which user's lake.
        view: One of VIEWS; only the layers that it needs are read.
        every_event: Every event of bronze and of the speed tables in the place of one row per ind.

    Raises:
        NothingYetError: a table has no rows.
        ForeignTableError: the batch layer is fed from another topic.
    """
    batch = {} if view == "speed" else _batch(spark, settings, every_event=every_event)
    speed = {} if view == "batch" else _speed(spark, settings, every_event=every_event)
    found = _merged(batch, speed)
    if missing := [table.name for table in TABLES if table not in found]:
        text = _ADVICE[view].format(", ".join(missing))
        raise NothingYetError(f"There are no answers yet: {text}")
    return found


def batch_rows(spark: SparkSession, settings: Settings) -> dict[Table, DataFrame]:
    """The batch layer's clean rows, one per ind; a table that it has no rows of is not there.

    Raises:
        ForeignTableError: the batch layer is fed from another topic.
    """
    versions = silver_versions(settings)
    return read_silver(spark, settings, {name: n for name, n in versions.items() if n >= 0})


def batch_events(spark: SparkSession, settings: Settings, table: Table) -> DataFrame:
    """Every usable record of bronze, clean, re-posts included."""
    bronze = spark.read.format("delta").load(str(tier(settings, table).bronze))
    return clean(table, spread(rows(parse(bronze, table)), table))


def _batch(spark: SparkSession, settings: Settings, *, every_event: bool) -> dict[Table, DataFrame]:
    found = batch_rows(spark, settings)
    return {t: batch_events(spark, settings, t) for t in found} if every_event else found


def _speed(spark: SparkSession, settings: Settings, *, every_event: bool) -> dict[Table, DataFrame]:
    shape = merge.speed_events if every_event else merge.speed_rows
    found = {}
    for table in TABLES:
        path = str(speed_tier(settings, table).rows)
        if DeltaTable.is_deltatable(path) and (delta := DeltaTable(path)).count():
            version = spark.read.format("delta").option("versionAsOf", delta.version())
            found[table] = shape(version.load(path), table)
    return found


def _merged(batch: dict[Table, DataFrame], speed: dict[Table, DataFrame]) -> dict[Table, DataFrame]:
    """Both layers' tables; those that both have are merged row by row."""
    both = batch.keys() & speed.keys()
    return speed | batch | {table: merge.merged(batch[table], speed[table]) for table in both}
