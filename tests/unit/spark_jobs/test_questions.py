"""The questions' files."""

from pathlib import Path

import pytest

import spark_jobs
from spark_jobs.serving.questions import QUESTIONS, sql

FOLDER = Path(spark_jobs.__file__).parent / "analytics"


def test_a_file_each() -> None:
    """Every question has a file, and every file is a question."""
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_shape(question: str) -> None:
    """The first line states the rules for ties and medians; the last selects from final, in order."""
    lines = sql(question).strip().splitlines()

    assert lines[0].startswith("-- ")
    assert "ties" in lines[0].lower()
    assert "medians" in lines[0].lower()
    assert lines[-1].startswith("select * from final order by ")
