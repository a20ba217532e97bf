"""Bronze → quarantine and silver: one clean row per ind, the newest event winning.

Order: quarantine is appended, then silver is merged. Each carries its own progress, and rows are
chosen by offset, so a crash anywhere is mended by running again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from services.tables import Table
from spark_jobs import progress as progress_of
from spark_jobs.batch.bronze import after, append
from spark_jobs.cleaning import clean
from spark_jobs.delta_sync import sync_commits
from spark_jobs.lake import Tier
from spark_jobs.parse import parse, quarantined, rows, spread
from spark_jobs.progress import Progress
from spark_jobs.schemas import schema
from spark_jobs.session import user_metadata


@dataclass(frozen=True)
class Refined:
    """What one run did to one table.

    Attributes:
        rows: New usable records.
        quarantined: New records that are no row, by reason.
    """

    rows: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)


def refine(
    spark: SparkSession,
    tier: Tier,
    bronze: Progress | None = None,
    silver: Progress | None = None,
) -> Refined:
    """Take bronze's new rows into quarantine and silver; nothing new makes no commit.

    Args:
        spark: A session of the table's own: commit metadata is set on it.
        tier: The table's place.
        bronze: Progress of bronze, when the caller knows it.
        silver: Progress of silver, likewise.
    """
    bronze = bronze or progress_of.read(tier.bronze, tier.topic)
    silver = silver or progress_of.read(tier.silver, tier.topic)
    if not silver.behind(bronze):
        return Refined()
    with kept(parse(new_lines(spark, tier, silver, bronze), tier.table)) as new:
        refined = _count(new)
        if refined.quarantined:
            set_aside(tier, new, silver, bronze)
        merge(spark, tier, newest(rows(new), tier.table), silver, bronze)
    return refined


@contextmanager
def kept(frame: DataFrame) -> Iterator[DataFrame]:
    """The frame, computed once for all that is asked of it meanwhile."""
    stored = frame.persist()
    try:
        yield stored
    finally:
        stored.unpersist()


def new_lines(spark: SparkSession, tier: Tier, done: Progress, until: Progress) -> DataFrame:
    """Bronze's lines with offsets above `done` and up to `until`."""
    return after(spark.read.format("delta").load(str(tier.bronze)), done, until)


def set_aside(tier: Tier, parsed: DataFrame, silver: Progress, bronze: Progress) -> None:
    """Append the unusable records that quarantine has not taken yet.

    Quarantine makes no commit when there is nothing bad, so what silver has passed is done too.
    """
    done = progress_of.read(tier.quarantine, tier.topic)
    passed = {p: max(n, done.offsets.get(p, -1)) for p, n in silver.offsets.items()}
    low = replace(done, offsets=done.offsets | passed)
    if low.behind(bronze):
        now = replace(done, offsets=bronze.offsets, number=done.number + 1)
        bad = after(quarantined(parsed), low, bronze)
        append(bad, tier.quarantine, f"quarantine-{tier.table.name}", now)


def newest(usable: DataFrame, table: Table) -> DataFrame:
    """The last event of each ind, clean.

    Within a partition offsets say which is newer. Between partitions Kafka knows no order: within
    a run the higher (offset, partition) wins, and a later run wins over an earlier one.
    """
    position = F.struct("offset", "partition")
    last = usable.groupBy("ind").agg(F.max_by("fields", position).alias("fields"))
    return clean(table, spread(last, table))


def merge(
    spark: SparkSession, tier: Tier, source: DataFrame, silver: Progress, bronze: Progress
) -> None:
    """Put `source` into silver; the commit says that silver is where bronze is.

    Re-posts of rows that silver has are the rule, and MERGE rewrites whole files even for them: when
    nothing is new or different, the commit holds no rows, only the progress.
    """
    now = replace(bronze, objects={}, number=silver.number + 1)
    app = f"silver-{tier.table.name}"
    if silver.version < 0:
        append(source, tier.silver, app, now)
        return
    with kept(source) as rows_to_merge:
        if _changes(spark, tier, rows_to_merge):
            _merge(spark, tier, rows_to_merge, now)
            return
        nothing = rows_to_merge.limit(0)
        append(nothing, tier.silver, app, replace(now, rows=silver.rows_version))


def _merge(spark: SparkSession, tier: Tier, source: DataFrame, now: Progress) -> None:
    different = " OR ".join(f"NOT (s.`{c}` <=> t.`{c}`)" for c in schema(tier.table).clean)
    with user_metadata(spark, now.to_json()):
        spark.sql(
            f"""
            MERGE INTO {tier.silver.sql} t USING {{source}} s ON t.ind = s.ind
            WHEN MATCHED AND ({different}) THEN UPDATE SET *
            WHEN NOT MATCHED THEN INSERT *
            """,
            source=source,
        )
    sync_commits(tier.silver.folder)


def _changes(spark: SparkSession, tier: Tier, source: DataFrame) -> bool:
    """Whether silver lacks a row of `source`, or has another for its ind."""
    silver = spark.read.format("delta").load(str(tier.silver))
    columns = list(schema(tier.table).clean)
    same = [silver[name].eqNullSafe(source[name]) for name in columns]
    there = silver.join(source, same, "left_semi").count()
    return int(there) < int(source.count())


def _count(parsed: DataFrame) -> Refined:
    counts = {r.reason: r["count"] for r in parsed.groupBy("reason").count().collect()}
    good = counts.pop(None, 0)
    return Refined(good, dict(sorted(counts.items())))
