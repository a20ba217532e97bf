"""Bronze → quarantine and silver: one clean row per ind, the newest event winning.

Order: quarantine is appended, then silver is merged. Each carries its own progress, and rows are
chosen by offset, so a crash anywhere is mended by running again.
"""

from dataclasses import dataclass, field, replace

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from services.tables import Table
from spark_jobs import progress as progress_of
from spark_jobs.bronze import after, append
from spark_jobs.cleaning import CLEAN
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
        version: Delta version of silver; -1 before the first.
    """

    rows: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    version: int = -1


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
        return Refined(version=silver.version)
    new = parse(new_lines(spark, tier, silver, bronze), tier.table)
    refined = _count(new)
    if refined.quarantined:
        set_aside(spark, tier, new, silver, bronze)
    merge(spark, tier, newest(rows(new), tier.table), silver, bronze)
    now = progress_of.read(tier.silver, tier.topic)
    return replace(refined, version=now.version)


def new_lines(spark: SparkSession, tier: Tier, done: Progress, until: Progress) -> DataFrame:
    """Bronze's lines with offsets above `done` and up to `until`."""
    return after(spark.read.format("delta").load(str(tier.bronze)), done, until)


def set_aside(
    spark: SparkSession, tier: Tier, parsed: DataFrame, silver: Progress, bronze: Progress
) -> None:
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
    return CLEAN[table](spread(last, table))


def merge(
    spark: SparkSession, tier: Tier, source: DataFrame, silver: Progress, bronze: Progress
) -> None:
    """Put `source` into silver; the commit says that silver is where bronze is."""
    now = replace(bronze, objects={}, number=silver.number + 1)
    if silver.version < 0:
        append(source, tier.silver, f"silver-{tier.table.name}", now)
        return
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


def _count(parsed: DataFrame) -> Refined:
    counts = {r.reason: r["count"] for r in parsed.groupBy("reason").count().collect()}
    good = counts.pop(None, 0)
    return Refined(good, dict(sorted(counts.items())))
