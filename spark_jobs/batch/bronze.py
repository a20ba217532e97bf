"""S3 objects → bronze: every line once, with its topic, partition, offset and object key."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from services.records.object_key import ObjectKey
from spark_jobs import progress as progress_of
from spark_jobs.batch.objects import ObjectStore
from spark_jobs.delta_sync import sync_commits
from spark_jobs.lake import DeltaPath, Tier
from spark_jobs.progress import Progress

OBJECTS_PER_COMMIT = 2_000
"""Bound of one Spark job: a long backlog is taken in several commits, each of which stays."""

_KEY = r"(topics/([^/]+)/partition=(\d+)/[^/]+\+(\d+)\.json)$"


@dataclass(frozen=True)
class Ingested:
    """What one run took: how many objects, and how far bronze is now."""

    objects: int
    progress: Progress


def ingest(
    spark: SparkSession, store: ObjectStore, tier: Tier, done: Progress | None = None
) -> Ingested:
    """Append the lines of all new objects to bronze; nothing new makes no commit.

    Args:
        spark: A session.
        store: The sink's bucket.
        tier: The table's place.
        done: Progress of bronze, when the caller knows it.
    """
    done = done or progress_of.read(tier.bronze, tier.topic)
    objects = store.new_objects(done)
    for start in range(0, len(objects), OBJECTS_PER_COMMIT):
        chunk = objects[start : start + OBJECTS_PER_COMMIT]
        now = advance(done, store, chunk)
        lines = after(read_lines(spark, store.bucket, chunk), done)
        append(lines, tier.bronze, f"bronze-{tier.table.name}", now)
        done = now
    if objects:  # another batch, lock or no lock, may have made a commit of that number
        done = progress_of.read(tier.bronze, tier.topic)
    return Ingested(len(objects), done)


def advance(done: Progress, store: ObjectStore, objects: list[ObjectKey]) -> Progress:
    """Progress once the objects are taken: each partition ends with its last object's last line."""
    last = {key.partition: key for key in objects}
    ends = {p: key.offset + store.lines(key) - 1 for p, key in last.items()}
    return replace(
        done,
        offsets=done.offsets | {p: max(end, done.offsets.get(p, -1)) for p, end in ends.items()},
        objects=done.objects | {p: key.offset for p, key in last.items()},
        number=done.number + 1,
    )


def append(rows: DataFrame, path: DeltaPath, app: str, now: Progress) -> None:
    """Append rows and progress in one synced commit; a number that was committed is not written again."""
    (
        rows.write.format("delta")
        .mode("append")
        .option("txnAppId", app)
        .option("txnVersion", now.number)
        .option("userMetadata", now.to_json())
        .save(str(path))
    )
    sync_commits(path.folder)


def read_lines(spark: SparkSession, bucket: str, objects: list[ObjectKey]) -> DataFrame:
    """One row a line: topic, partition, offset, object_key, value, ingested_at."""
    paths = [f"s3a://{bucket}/{key}" for key in objects]
    text = spark.read.text(paths, wholetext=True)
    key = F.col("_metadata.file_path")
    lines = F.split(F.regexp_replace("value", r"\n\z", ""), "\n")
    whole = text.select(
        F.regexp_extract(key, _KEY, 2).alias("topic"),
        F.regexp_extract(key, _KEY, 3).cast("int").alias("partition"),
        F.regexp_extract(key, _KEY, 4).cast("bigint").alias("first"),
        F.regexp_extract(key, _KEY, 1).alias("object_key"),
        lines.alias("lines"),
    )
    return whole.select("*", F.posexplode("lines").alias("line", "value")).select(
        "topic",
        "partition",
        (F.col("first") + F.col("line")).alias("offset"),
        "object_key",
        "value",
        F.current_timestamp().alias("ingested_at"),
    )


def after(rows: DataFrame, done: Progress, until: Progress | None = None) -> DataFrame:
    """Rows above the offsets of `done` and, if given, not above those of `until`.

    Bounds are literals on the columns themselves, so that Delta skips files by their statistics.
    """
    partition, offset = F.col("partition"), F.col("offset")
    if until is None:
        old = [(partition == p) & (offset <= last) for p, last in done.offsets.items()]
        return rows.where(~reduce(or_, old)) if old else rows
    new = [
        (partition == p) & (offset > done.offsets.get(p, -1)) & (offset <= last)
        for p, last in until.offsets.items()
    ]
    return rows.where(reduce(or_, new)) if new else rows.limit(0)
