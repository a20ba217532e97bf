"""The answers that people published are the answers that come out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Commands

_SHAPES = {
    "users_joined_per_year": ("join_year", "number_users_joined"),
    "median_followers_per_age_group": ("age_group", "median_follower_count"),
}


@pytest.fixture(scope="module", params=[pytest.param(277, marks=pytest.mark.long), 383])
def turns(request: pytest.FixtureRequest, real_data: Path, clone: Commands) -> Iterator[int]:
    """So many turns of the course's sequence, posted into an empty stack."""
    clone.make("clean")
    clone.make("up", "PROFILE=core")
    clone.make("load", f"DATA={real_data}")
    yield request.param
    clone.make("clean")


def _answers(clone: Commands, *options: str) -> dict[str, dict[str, float]]:
    """Questions whose answers were published, in the published shape: {label: number}."""
    questions: dict[str, list[dict[str, Any]]] = json.loads(
        clone.make("answers", "FORMAT=json", *options)
    )["questions"]
    return {
        name: {str(row[label]): row[number] for row in questions[name] if row[label] is not None}
        for name, (label, number) in _SHAPES.items()
    }


def test_the_published_answers_come_out(clone: Commands, turns: int, real_data: Path) -> None:
    """With the real rows, each ind counted once, and for 383 turns every event as well."""
    published = json.loads((real_data / "published.json").read_text(encoding="utf-8"))
    clone.make("emulate", "LAYER=batch", f"ROWS={turns}")
    clone.make("batch")
    for expected in (case for case in published.values() if case["draws"] == turns):
        answers = _answers(clone, *([] if expected["each_ind_once"] else ["EVERY_EVENT=1"]))
        for question in _SHAPES.keys() & expected.keys():
            assert answers[question] == expected[question]
