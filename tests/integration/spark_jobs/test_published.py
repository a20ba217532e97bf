"""The answers that people published, from the very rows that they had."""

import csv
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from services.settings import Settings
from services.tables import TABLES
from spark_jobs.answers import answer
from spark_jobs.batch import run

from .conftest import Sink

REAL = Path(os.environ.get("REAL_DATA", "/nonexistent"))

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="REAL_DATA does not name the folder of the real rows"
)


def _draws(turns: int) -> list[int]:
    """Row numbers of the course's emulator."""
    chance = random.Random(100)  # noqa: S311 - the course's own sequence
    return [(chance.randrange(0, 2), chance.randint(0, 11000))[1] for _ in range(turns)]


def _source(name: str, key: str) -> dict[int, dict[str, Any]]:
    with (REAL / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {int(row[key]): {k: v for k, v in row.items() if k} for row in rows}


def _post(sink: Sink, turns: int) -> None:
    for table in TABLES:
        rows = _source(table.source, table.key)
        sink.rows(table, 0, (rows[n] for n in _draws(turns)))


def _published(name: str) -> dict[str, dict[str, float]]:
    answers = json.loads((REAL / "published.json").read_text(encoding="utf-8"))[name]
    return {question: rows for question, rows in answers.items() if isinstance(rows, dict)}


def _ours(answers: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """Two-column answers as published.json writes them."""
    return {
        question: {str(key): number for key, number in (row.values() for row in rows)}
        for question, rows in answers.items()
        if rows and len(rows[0]) == 2
    }


@pytest.mark.parametrize(
    ("turns", "name"), [(277, "draws-277"), (383, "draws-383"), (383, "draws-383-every-event")]
)
def test_published(spark: SparkSession, mine: Settings, sink: Sink, turns: int, name: str) -> None:
    """After as many turns the answers are the published ones."""
    _post(sink, turns)
    run.run(mine, stages=["bronze", "silver"])

    ours = _ours(answer(spark, mine, every_event=name.endswith("every-event")))

    expected = _published(name)
    assert {question: ours[question] for question in expected} == expected
