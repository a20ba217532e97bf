"""Silver → the Delta tables `batch/answers/<question>`, when silver has changed.

Spark answers; delta-rs writes, at 0.01 to 0.03 s a table. With nine Spark writes this stage took
17 s of the server's CPU on a busy machine, and 10 s after; one run each.
"""

import json

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake
from pyspark.sql import DataFrame, SparkSession

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs import progress as progress_of
from spark_jobs.lake import DeltaPath, answer_path, tier
from spark_jobs.questions import QUESTIONS, ask, create_views

Versions = dict[str, int]
"""Table name → Delta version of its silver."""

_LAST = QUESTIONS[-1]
"""Written when all others are, so that its commit speaks for them too."""


def silver_versions(settings: Settings) -> Versions:
    """Versions of the three silver tables; -1 where there is none."""
    places = {table.name: tier(settings, table) for table in TABLES}
    return {n: progress_of.read(p.silver, p.topic).version for n, p in places.items()}


def refresh(spark: SparkSession, settings: Settings, versions: Versions) -> int:
    """Answer all questions anew unless the answers already come from this very silver.

    Args:
        spark: A session; its views pin, geo and user are replaced.
        settings: Which user's lake.
        versions: The silver to ask.

    Returns:
        Number of answers written; 0 when they were fresh, or silver is not complete yet.
    """
    if min(versions.values()) < 0 or versions == answered(settings):
        return 0
    create_views(silver_at(spark, settings, versions))
    for question, rows in ask(spark, QUESTIONS).items():
        _write(answer_path(settings.lake, question), rows, versions)
    return len(QUESTIONS)


def answered(settings: Settings) -> Versions | None:
    """Silver versions that the answers were made from; None before the first."""
    last = str(answer_path(settings.lake, _LAST))
    if not DeltaTable.is_deltatable(last):
        return None
    texts = (commit.get("userMetadata") for commit in DeltaTable(last).history(progress_of.RECENT))
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
