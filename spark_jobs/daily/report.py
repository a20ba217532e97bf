"""The daily run's report: what the batch layer holds now, in Markdown, a file a day."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from deltalake import DeltaTable
from pyspark.sql import SparkSession

from services.files import write_private
from services.settings import Settings
from services.tables import TABLES, Table
from services.terminal_text import escaped
from spark_jobs.daily.checks import CheckResult
from spark_jobs.lake import DeltaPath, answer_path, tier

_MARKDOWN = re.compile(r"[\\|\[\]`]")
"""What would end a cell, or make a link or a picture of a text."""

SHOWN = ("top_country", "category_per_age_group", "users_joined_per_year")
"""Answers short enough for a report."""


def write(settings: Settings, text: str) -> Path:
    """Keep the report as `<state>/reports/<date>.md`; a later run of the same day replaces it."""
    file = settings.state_dir / "reports" / f"{datetime.now(UTC):%Y-%m-%d}.md"
    write_private(file, text)
    return file


def compose(spark: SparkSession, settings: Settings, findings: Iterable[CheckResult]) -> str:
    """The report's text.

    Args:
        spark: A session.
        settings: Which user's lake.
        findings: What the data checks found.
    """
    tables = [(t.name, _count(tier(settings, t).silver), _quarantined(settings, t)) for t in TABLES]
    checks = [(f.table, f.rule, f.rows or "holds") for f in findings]
    parts = [
        f"# Pins of {settings.user_id}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        grid(("table", "clean rows", "quarantined"), tables),
        "## Data checks",
        grid(("table", "rule", "rows that break it"), checks),
        *(part for name in SHOWN for part in _answer(spark, settings, name)),
    ]
    return "\n\n".join(parts) + "\n"


def grid(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A Markdown table; cells are third parties' text: none ends its cell, links or loads anything."""
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    text = _MARKDOWN.sub(r"\\\g<0>", " ".join(str(value).split()))
    return escaped(text.replace("<", "&lt;"))


def _count(path: DeltaPath) -> int:
    place = str(path)
    return DeltaTable(place).count() if DeltaTable.is_deltatable(place) else 0


def _quarantined(settings: Settings, table: Table) -> int:
    return _count(tier(settings, table).quarantine)


def _answer(spark: SparkSession, settings: Settings, question: str) -> list[str]:
    path = str(answer_path(settings.batch_lake.resolve(), question))
    if not DeltaTable.is_deltatable(path):
        return []
    frame = spark.read.format("delta").load(f"file:{path}")
    rows = [tuple(row) for row in frame.collect()]
    return [f"## {question.replace('_', ' ')}", grid(tuple(frame.columns), rows)]
