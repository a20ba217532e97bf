"""Airflow's own Databricks provider against the Jobs API, in Airflow's own environment (cases J1–J9, J20, J23, J24)."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from services.settings import HOST, PROJECT_ROOT
from services.setup.environment import ensure_environment
from tests.support.polling import eventually
from tests.support.workspace_api import TOKEN

STORIES = Path(__file__).with_name("provider_stories.py")
ERROR = "NameError: name 'x' is not defined"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A workspace of its own, without Spark."""
    with socket.create_server((HOST, 0)) as server:
        port = int(server.getsockname()[1])
    command = [sys.executable, "-m", "tests.support.workspace_api", str(port)]
    folder = tmp_path_factory.mktemp("workspace")
    with subprocess.Popen([*command, str(folder)], cwd=PROJECT_ROOT) as process:
        eventually("the workspace to answer", lambda: _healthy(port))
        yield port
        process.terminate()
        assert process.wait(20) == 0


def _healthy(port: int) -> bool:
    try:
        return requests.get(f"http://{HOST}:{port}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def told(port: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of each story; they share one process, since Airflow takes long to import."""
    folder = tmp_path_factory.mktemp("airflow")
    connection = {
        "conn_type": "databricks",
        "host": HOST,
        "schema": "http",
        "port": port,
        "password": TOKEN,
    }
    environment = {
        "PATH": os.environ["PATH"],
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_DATABRICKS_DEFAULT": json.dumps(connection),
    }
    results = folder / "results.json"
    command = [str(ensure_environment("airflow")), str(STORIES), str(results)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert results.exists(), done.stderr
    found: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    return found


def test_the_courses_operator_runs_a_notebook(told: dict[str, Any], port: int) -> None:
    """DatabricksSubmitRunOperator as the course writes it; the link leads to this workspace."""
    run_id = told["submit"]["run_id"]
    assert told["submit"]["run_page_url"] == f"http://{HOST}:{port}/runs/{run_id}"


def test_a_short_run_does_not_cost_a_polling_period(told: dict[str, Any]) -> None:
    """The second question is answered when the run ends, not after 30 s of sleep."""
    assert told["polling"] < 20


def test_airflow_shows_the_notebooks_own_error(told: dict[str, Any]) -> None:
    """Type, text and frame, whichever operator ran it."""
    assert f"'error': \"{ERROR}\\n  line 7\"" in told["failing"]
    assert f"Reason: {ERROR}." in told["notebook_failing"]
    assert f"'error': \"{ERROR}\\n  line 7\"" in told["notebook_failing"]


def test_only_the_task_that_failed_itself_is_listed(told: dict[str, Any]) -> None:
    """The one behind it is UPSTREAM_FAILED and has no error of its own."""
    assert told["tasks"].count("'task_key'") == 1
    assert "'task_key': 'a'" in told["tasks"]


def test_triggers_read_runs_by_get_with_a_body(told: dict[str, Any]) -> None:
    """The deferrable mode: by the trigger, by the bare calls, and for a run that needs no trigger."""
    assert told["deferrable"] == "SUCCESS"
    assert told["async_calls"] == ["FAILED", f"{ERROR}\n  line 7"]
    assert told["deferrable_and_short"] == "nothing was raised"


def test_the_notebook_operator_finds_its_task(told: dict[str, Any]) -> None:
    """By task_key == run_name; also with retries on the Databricks side."""
    assert told["notebook"] == "nothing was raised"
    assert told["notebook_retried"] == "nothing was raised"


def test_creating_a_job_twice_makes_one_job(told: dict[str, Any]) -> None:
    """The second time resets it; its run is of the new settings."""
    (first, second), count = told["created_twice"]
    assert first == second
    assert count == 1


def test_a_job_is_found_by_name_behind_sixty_others(told: dict[str, Any]) -> None:
    """Over pages; notebook_params are laid over base_parameters, key by key."""
    assert told["found_over_pages"]["jobs"] > 60
    assert told["found_over_pages"]["parameters"] == {"a": "1", "b": "3", "c": "4"}


def test_a_retry_of_airflows_reconnects_or_submits_anew(told: dict[str, Any]) -> None:
    """An active run is followed, one that is not known any more is submitted again."""
    before, after = told["reconnected"]
    assert before == after
    assert told["resubmitted"] not in {None, 987654321}


def test_a_killed_task_cancels_its_run(told: dict[str, Any]) -> None:
    """on_kill."""
    assert told["killed"] == "CANCELED"


def test_run_now_repairs_a_failed_run(told: dict[str, Any]) -> None:
    """The operator reads the history, asks for the repair, and follows the same run."""
    assert told["repaired"] == "SUCCESS"


def test_a_workflow_task_group_runs(told: dict[str, Any]) -> None:
    """Launch and tasks follow one run; also when it ends before the group has looked."""
    assert len(set(told["workflow"])) == 1
    assert told["workflow_at_once"] == "nothing was raised"


def test_connection_and_cluster_answer(told: dict[str, Any]) -> None:
    """Airflow's "Test connection", and the cluster under any id."""
    assert told["connection"] == [True, "Connection successfully tested"]
    assert told["cluster"] == ["RUNNING", True]


def test_a_refusal_is_shown_with_its_reason(told: dict[str, Any]) -> None:
    """An unknown cluster is told in the API's own words."""
    assert "Cluster nope does not exist" in told["refused"]
