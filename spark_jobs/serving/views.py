"""The rows that a view of the lake shows: of the batch layer, of the speed layer, or of both."""

from collections.abc import Callable
from dataclasses import dataclass

from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.cleaning import clean
from spark_jobs.lake import speed_tier, tier
from spark_jobs.parse import parse, rows, spread
from spark_jobs.serving import merge
from spark_jobs.serving.answer_tables import silver_at, silver_versions

VIEWS = ("batch", "speed", "merged")

_ADVICE = {
    "batch": "the batch layer has no {} rows. Run `make emulate`, then `make batch`.",
    "speed": "the speed layer has no {} rows. Run `make emulate LAYER=speed`; "
    "`make status` shows whether the streaming application runs.",
    "merged": "neither layer has {} rows. Run `make emulate`.",
}


class NothingYetError(Exception):
    """The view lacks a table; the message says which, and what to do."""


@dataclass(frozen=True)
class Layers:
    """What both layers hold of each table; a table that a layer has no rows of is not there.

    Attributes:
        batch: Clean rows of the batch layer.
        speed: Clean rows of the speed layer.
    """

    batch: dict[Table, DataFrame]
    speed: dict[Table, DataFrame]

    def view(self, name: str) -> dict[Table, DataFrame]:
        """All three tables in one of VIEWS.

        Raises:
            NothingYetError: a table has no rows.
        """
        found = self._merged() if name == "merged" else getattr(self, name)
        if missing := [table.name for table in TABLES if table not in found]:
            text = _ADVICE[name].format(", ".join(missing))
            raise NothingYetError(f"There are no answers yet: {text}")
        return found

    def _merged(self) -> dict[Table, DataFrame]:
        both = self.batch.keys() & self.speed.keys()
        pairs = {table: merge.merged(self.batch[table], self.speed[table]) for table in both}
        return self.speed | self.batch | pairs


def read_layers(
    spark: SparkSession, settings: Settings, view: str, *, every_event: bool = False
) -> Layers:
    """The layers that a view needs.

    Args:
        spark: A session.
        settings: Which user's lake.
        view: One of VIEWS.
        every_event: Every event of bronze and of the speed tables in the place of one row per ind.

    Raises:
        ForeignTableError: the batch layer is fed from another topic.
    """
    batch = _batch_events if every_event else _batch_rows
    shape = merge.every if every_event else merge.newest
    return Layers(
        batch={} if view == "speed" else batch(spark, settings),
        speed={} if view == "batch" else _speed(spark, settings, shape),
    )


def _batch_rows(spark: SparkSession, settings: Settings) -> dict[Table, DataFrame]:
    versions = silver_versions(settings)
    return silver_at(spark, settings, {name: n for name, n in versions.items() if n >= 0})


def _batch_events(spark: SparkSession, settings: Settings) -> dict[Table, DataFrame]:
    return {table: events(spark, settings, table) for table in _batch_rows(spark, settings)}


def events(spark: SparkSession, settings: Settings, table: Table) -> DataFrame:
    """Every usable record of bronze, clean, re-posts included."""
    bronze = spark.read.format("delta").load(str(tier(settings, table).bronze))
    return clean(table, spread(rows(parse(bronze, table)), table))


def _speed(
    spark: SparkSession, settings: Settings, shape: Callable[[DataFrame, Table], DataFrame]
) -> dict[Table, DataFrame]:
    found = {}
    for table in TABLES:
        place = str(speed_tier(settings, table).rows)
        if DeltaTable.is_deltatable(place) and (delta := DeltaTable(place)).count():
            kept = spark.read.format("delta").option("versionAsOf", delta.version())
            found[table] = shape(kept.load(place), table)
    return found
