"""The course's questions: one SQL file each, over the views pin, geo and user."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from services.tables import TABLES, Table

QUESTIONS = (
    "category_per_country",
    "category_per_year",
    "top_user_per_country",
    "top_country",
    "category_per_age_group",
    "median_followers_per_age_group",
    "users_joined_per_year",
    "median_followers_per_join_year",
    "median_followers_per_join_year_and_age_group",
)
"""Names in the course's order; each is a file `analytics/<name>.sql`."""

AT_ONCE = 4
"""Questions sent to Spark at the same time: planning one overlaps with running another."""

Row = dict[str, Any]

_FOLDER = Path(__file__).parents[1] / "analytics"


def sql(question: str) -> str:
    """The question's query."""
    return (_FOLDER / f"{question}.sql").read_text(encoding="utf-8")


def create_views(frames: Mapping[Table, DataFrame]) -> None:
    """Name the frames as the questions expect them, in the frames' own session."""
    for table, frame in frames.items():
        frame.createOrReplaceTempView(table.name)


def ask(spark: SparkSession, questions: Iterable[str]) -> dict[str, pa.Table]:
    """Answer questions on the session's views; rows in each query's own order.

    The views are read once and kept by the server meanwhile: half the CPU of nine readings.
    """
    names = list(questions)
    with _kept(spark), ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda name: spark.sql(sql(name)).toArrow(), names)
        return dict(zip(names, answers, strict=True))


@contextmanager
def _kept(spark: SparkSession) -> Iterator[None]:
    """Cache the views; the server's cache outlives sessions, so it is emptied again."""
    for table in TABLES:
        spark.catalog.cacheTable(table.name)
    try:
        yield
    finally:
        for table in TABLES:
            spark.catalog.uncacheTable(table.name)
