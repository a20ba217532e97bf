"""Silver → the Delta tables `batch/answers/<question>`, when silver has changed.

Spark answers; delta-rs writes, at 0.01 to 0.03 s a table. With nine Spark writes this stage took
17 s of the server's CPU on a busy machine, and 10 s after; one run each.
"""

import json

import pyarrow as pa
from deltalake import CommitProperties, write_deltalake
from pyspark.sql import DataFrame, SparkSession

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.lake import DeltaPath, answer_path, tier
from spark_jobs.progress import RECENT, Progress, history, read
from spark_jobs.serving.questions import QUESTIONS, ask, create_views

Versions = dict[str, int]
"""Table name → Delta version of its silver."""

_LAST = QUESTIONS[-1]
"""Written when all others are, so that its commit speaks for them too."""


def silver_progress(settings: Settings) -> dict[str, Progress]:
    """Progress of the three silver tables."""
    places = {table.name: tier(settings, table) for table in TABLES}
    return {name: read(place.silver, place.topic) for name, place in places.items()}


def silver_versions(settings: Settings) -> Versions:
    """Versions of the three silver tables; -1 where there is none."""
    return {name: silver.version for name, silver in silver_progress(settings).items()}


def stale(settings: Settings) -> bool:
    """Whether the answers come from other rows than silver has; False while a table is missing."""
    silver = silver_progress(settings)
    return min(s.version for s in silver.values()) >= 0 and _rows(silver) != answered(settings)


def refresh(spark: SparkSession, settings: Settings) -> int:
    """Answer all questions anew.

    Args:
        spark: A session; its views pin, geo and user are replaced.
        settings: Which user's lake; it has all three silver tables.

    Returns:
        Number of answers written.
    """
    silver = silver_progress(settings)
    create_views(silver_at(spark, settings, {n: s.version for n, s in silver.items()}))
    for question, rows in ask(spark, QUESTIONS).items():
        _write(answer_path(settings.batch_lake, question), rows, _rows(silver))
    return len(QUESTIONS)


def _rows(silver: dict[str, Progress]) -> Versions:
    return {name: progress.rows_version for name, progress in silver.items()}


def answered(settings: Settings) -> Versions | None:
    """Versions that last changed the rows that the answers were made from; None before the first."""
    texts = (text for _, text in history(answer_path(settings.batch_lake, _LAST), RECENT))
    found = (json.loads(text) for text in texts if text)
    return next((dict(fields["silver"]) for fields in found if "silver" in fields), None)


def silver_at(
    spark: SparkSession, settings: Settings, versions: Versions
) -> dict[Table, DataFrame]:
    """Silver as it was at these versions, of the tables that they name."""
    return {
        table: spark.read.format("delta")
        .option("versionAsOf", versions[table.name])
        .load(str(tier(settings, table).silver))
        for table in TABLES
        if table.name in versions
    }


def _write(path: DeltaPath, rows: pa.Table, versions: Versions) -> None:
    metadata = {"userMetadata": json.dumps({"silver": versions})}
    write_deltalake(
        str(path),
        rows,
        mode="overwrite",
        schema_mode="overwrite",
        commit_properties=CommitProperties(custom_metadata=metadata),
    )
