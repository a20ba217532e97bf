"""Progress as commits carry it."""

import pytest

from spark_jobs.progress import Progress, from_json


def test_round_trip() -> None:
    """What a commit says is what a reader gets, with the commit's version."""
    said = Progress("x.pin", {0: 12, 3: 10**11}, number=4, objects={0: 10, 3: 10**11})

    assert from_json(said.to_json(), 7) == Progress(
        "x.pin", said.offsets, number=4, objects=said.objects, version=7
    )


def test_a_commit_without_rows_names_the_one_before() -> None:
    """Rows of version 7 are those of version 5; a commit that says nothing of it changed some."""
    said = Progress("x.pin", {0: 12}, rows=5)

    found = from_json(said.to_json(), 7)
    assert found is not None
    assert (found.version, found.rows_version) == (7, 5)
    assert Progress("x.pin", version=7).rows_version == 7


@pytest.mark.parametrize("text", [None, "", "by hand", "[]", "12", "{}", '{"offsets": 1}'])
def test_other_commits_say_nothing(text: str | None) -> None:
    """A commit that someone else made (OPTIMIZE, a user's own) is no progress."""
    assert from_json(text, 1) is None


def test_behind() -> None:
    """One is behind when the other has taken more of any partition."""
    done = Progress("x.pin", {0: 5})

    assert done.behind(Progress("x.pin", {0: 6}))
    assert done.behind(Progress("x.pin", {0: 5, 1: 0}))
    assert not done.behind(Progress("x.pin", {0: 5}))
    assert not done.behind(Progress("x.pin"))
