"""Silver → the Delta tables `batch/answers/<question>`, when silver has changed."""

import json
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs import progress as progress_of
from spark_jobs import questions
from spark_jobs.lake import DeltaPath, answer_path, tier
from spark_jobs.questions import AT_ONCE, QUESTIONS

Versions = dict[str, int]
"""Table name → Delta version of its silver."""

_LAST = QUESTIONS[-1]
"""Written when all others are, so that its commit speaks for them too."""


def silver_versions(spark: SparkSession, settings: Settings) -> Versions:
    """Versions of the three silver tables; -1 where there is none."""

    def version(table: Table) -> tuple[str, int]:
        place = tier(settings, table)
        return table.name, progress_of.read(spark, place.silver, place.topic).version

    with ThreadPoolExecutor(len(TABLES)) as pool:
        return dict(pool.map(version, TABLES))


def refresh(spark: SparkSession, settings: Settings) -> int:
    """Answer all questions anew unless the answers already come from this very silver.

    Returns:
        Number of answers written; 0 when they were fresh, or silver is not complete yet.
    """
    versions = silver_versions(spark, settings)
    if min(versions.values()) < 0 or versions == answered(spark, settings):
        return 0
    create_views(spark, settings, versions)

    def write(question: str) -> None:
        _write(spark, answer_path(settings.lake, question), question, versions)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, QUESTIONS[:-1]))
    write(_LAST)
    return len(QUESTIONS)


def answered(spark: SparkSession, settings: Settings) -> Versions | None:
    """Silver versions that the answers were made from; None before the first."""
    last = answer_path(settings.lake, _LAST)
    for _, text in progress_of.history(spark, last, progress_of.RECENT):
        if text and "silver" in (fields := json.loads(text)):
            return dict(fields["silver"])
    return None


def create_views(spark: SparkSession, settings: Settings, versions: Versions) -> None:
    """Make pin, geo and user the silver tables as they were at these versions."""
    questions.create_views(
        {
            table: spark.read.format("delta")
            .option("versionAsOf", versions[table.name])
            .load(str(tier(settings, table).silver))
            for table in TABLES
        }
    )


def _write(spark: SparkSession, path: DeltaPath, question: str, versions: Versions) -> None:
    (
        spark.sql(questions.sql(question))
        .write.format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .option("userMetadata", json.dumps({"silver": versions}))
        .save(str(path))
    )
