"""kill -9 of the scheduler, the workspace and the Spark server in the middle of the daily DAG."""

import subprocess
from collections.abc import Iterator

import pytest
import urllib3

from services.stack.native.scratch import ScratchStack, scratch_stack
from tests.chaos.work import kill
from tests.support.commands import Commands
from tests.support.polling import eventually

pytestmark = pytest.mark.chaos

TURNS = 100


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """The full stack, after one quiet run of the DAG."""
    with scratch_stack(tmp_path_factory.mktemp("full"), profile="full") as running:
        _post(running)
        Commands(running.environment).run("services.airflow", "run")
        yield running


def _post(full: ScratchStack) -> None:
    arguments = ("batch", "--count", str(TURNS))
    Commands(full.environment).run("services.posting", *arguments)


def _clean_is_running(full: ScratchStack) -> bool:
    """Whether a run of the cleaning notebook is in the middle."""
    token = full.settings.workspace_token.get_secret_value()
    answer = urllib3.request(
        "GET",
        f"{full.settings.workspace_url}/api/2.2/jobs/runs/list?active_only=true",
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    states = {run["run_name"]: run["state"] for run in answer.get("runs", [])}
    return any(
        name.startswith("clean") and "cell" in state.get("state_message", "")
        for name, state in states.items()
    )


def _end(follower: subprocess.Popen[str], within: float) -> tuple[int, str]:
    out, err = follower.communicate(timeout=within)
    return follower.returncode, out + err


@pytest.mark.parametrize("victim", ["airflow_scheduler", "workspace", "spark"])
def test_a_run_survives_or_says_why_and_no_row_is_doubled(full: ScratchStack, victim: str) -> None:
    """The run ends as success by retry, or as failed with its reason; the next one completes the lake."""
    commands = Commands(full.environment)
    _post(full)
    follower = commands.module("services.airflow", "run")
    eventually("a cleaning notebook", lambda: _clean_is_running(full), within=120)
    kill(full, victim)
    code, text = _end(follower, within=400)
    assert code == 0 or "failed" in text, text

    commands.run("services.airflow", "run", within=400)
    for counts in commands.ledger("batch").values():
        assert counts["bronze"] == counts["log"]
