"""What a newcomer does, in the order of the README."""

import json
import os
import signal
from pathlib import Path

import pytest
from deltalake import DeltaTable

from services.stack.machine.processes import stack_processes
from tests.support.commands import Commands
from tests.support.polling import eventually

ROWS = 11_154
TABLES = ("pin", "geo", "user")

ONE_MINUTES_FILES = 150
"""A micro-batch each 0.4 s; once a minute they are joined."""


def _versions(clone: Commands) -> dict[str, int]:
    """Version of every table in the lake."""
    lake = clone.checkout / ".state" / "lake"
    tables = [log.parent for log in lake.rglob("_delta_log")]
    return {str(table.relative_to(lake)): DeltaTable(table).version() for table in tables}


def test_the_demo_goes_from_nothing_to_answers(clone: Commands) -> None:
    """`make demo` in a fresh clone exits with 0, and the stack is still up."""
    out = clone.make("demo")
    assert "users_joined_per_year" in out
    services = json.loads(clone.make("status", "FORMAT=json"))["services"]
    assert {row["state"] for row in services} == {"RUNNING"}


def test_the_demo_counts_500_turns(clone: Commands) -> None:
    """500 turns are 500 records a table, each of them at every hop."""
    layers = json.loads(clone.make("ledger", "FORMAT=json"))["layers"]
    for counts in layers["batch"].values():
        assert counts["acked"] == counts["log"] == counts["objects"] == counts["bronze"] == 500
    for counts in layers["speed"].values():
        assert (
            counts["acked"] == counts["kinesis"] == counts["speed"] + counts["quarantined"] == 500
        )


def test_a_second_demo_skips_what_is_there(clone: Commands) -> None:
    """Nothing is posted again, and the services keep their processes."""
    before = json.loads(clone.make("status", "FORMAT=json"))["services"]
    clone.make("demo")
    after = json.loads(clone.make("status", "FORMAT=json"))["services"]
    assert [row["pid"] for row in after] == [row["pid"] for row in before]
    assert json.loads(clone.make("ledger", "FORMAT=json"))["layers"]["batch"]["pin"]["acked"] == 500


def test_the_whole_source_arrives(clone: Commands) -> None:
    """11,154 rows × 3 posted in order pass through both layers, each record once."""
    before = json.loads(clone.make("ledger", "FORMAT=json"))["layers"]
    clone.make("emulate", "SEQUENTIAL=1")
    clone.make("batch")
    clone.make("speed")
    after = json.loads(clone.make("ledger", "FORMAT=json"))["layers"]
    for table, counts in after["batch"].items():
        assert counts["bronze"] - before["batch"][table]["bronze"] == ROWS
        assert counts["silver"] + counts["quarantined"] == ROWS
        assert (counts["lost"], counts["doubled"]) == (0, 0)
    for table, counts in after["speed"].items():
        assert counts["kinesis"] - before["speed"][table]["kinesis"] == ROWS
        assert counts["speed"] + counts["quarantined"] == counts["kinesis"]
        assert (counts["lost"], counts["doubled"]) == (0, 0)


@pytest.mark.long
def test_a_steady_load_is_kept_up_with(clone: Commands) -> None:
    """A short stretch of the hour that `make soak` takes: 100 records a second land as they come, in few files."""
    clone.make("demo")  # `make chaos` runs this test without those above it
    before = json.loads(clone.make("ledger", "FORMAT=json"))["layers"]["speed"]
    clone.make("emulate", "LAYER=speed", "ROWS=600", "RATE=33")
    clone.make("speed", "SECONDS=30")
    for table, counts in json.loads(clone.make("ledger", "FORMAT=json"))["layers"]["speed"].items():
        assert counts["acked"] - before[table]["acked"] == 600
        assert (counts["pending"], counts["lost"], counts["doubled"]) == (0, 0, 0)
    for folder in (clone.checkout / ".state" / "lake" / "speed").glob("*_table"):
        assert len(DeltaTable(folder).file_uris()) < 2 * ONE_MINUTES_FILES


def test_a_batch_with_nothing_new_changes_no_version(clone: Commands) -> None:
    """`make batch` again leaves every table at its version."""
    before = _versions(clone)
    assert len(before) >= 3 * len(TABLES)
    clone.make("batch")
    assert _versions(clone) == before


def test_answers_are_one_json_object(clone: Commands) -> None:
    """`make answers FORMAT=json` prints nothing but the object, with all nine questions."""
    answers = json.loads(clone.make("answers", "FORMAT=json"))
    assert answers["view"] == "batch"
    assert len(answers["questions"]) == 9
    assert all(answers["questions"].values())


@pytest.mark.parametrize("view", ["speed", "merged"])
def test_the_other_views_answer_too(clone: Commands, view: str) -> None:
    """Both layers have seen the whole source: every view gives the batch layer's answers."""
    batch = json.loads(clone.make("answers", "FORMAT=json"))["questions"]
    answers = json.loads(clone.make("answers", "FORMAT=json", f"VIEW={view}"))
    assert answers["view"] == view
    assert answers["questions"] == batch


def test_down_keeps_the_data_and_leaves_nothing_running(clone: Commands) -> None:
    """After `down` no process of the checkout lives; after `up` everything is still counted."""
    clone.make("down")
    assert stack_processes(clone.checkout / ".state") == []
    clone.make("up", "PROFILE=core")
    assert (
        json.loads(clone.make("ledger", "FORMAT=json"))["layers"]["batch"]["user"]["silver"] == ROWS
    )


def test_ctrl_c_in_the_middle_of_up_leaves_nothing_running(clone: Commands) -> None:
    """An interrupted `make up` stops what it had started and says so."""
    clone.make("down")
    up = clone.start_make("up", "PROFILE=core")
    state = clone.checkout / ".state"
    eventually("the first processes", lambda: len(stack_processes(state)) > 2)
    os.killpg(up.pid, signal.SIGINT)
    _, err = up.communicate(timeout=90)
    assert up.returncode != 0
    assert "Interrupted" in err
    assert stack_processes(state) == []


def test_clean_deletes_the_state(clone: Commands) -> None:
    """`make clean` leaves no state folder; passwords stay in .env, private."""
    clone.make("clean")
    assert not (clone.checkout / ".state").exists()
    assert Path(clone.checkout / ".env").stat().st_mode & 0o077 == 0
