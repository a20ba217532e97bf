"""Users' scripts, notebooks and DAGs, unchanged, on the full stack; only through `make` and HTTP."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from deltalake import DeltaTable
from dotenv import dotenv_values

from services.checkout.environment import assigned
from services.settings import Settings, load_settings
from tests.e2e.browsing import jupyter
from tests.e2e.edges import answered, doors
from tests.e2e.hostile_story import tell
from tests.support.browser.chromium import browser
from tests.support.browser.hostile_site import RESOLVER
from tests.support.commands import Commands
from tests.support.polling import eventually
from tests.support.second_user import run_as_another

COURSE = Path(__file__).parent / "course"
SOMEONE = "Users/someone@example.com"
TABLES = ("pin", "geo", "user")

Api = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def api(clone: Commands) -> Api:
    """Calls the Jobs API as `api(method, path, body)`."""
    token = dotenv_values(clone.environment["ENV_FILE"])["WORKSPACE_TOKEN"]
    url = f"http://127.0.0.1:{clone.environment['WORKSPACE_PORT']}/api/2.2/jobs/"
    headers = {"Authorization": f"Bearer {token}"}

    def call(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = urllib3.request(method, url + path, json=body, headers=headers, timeout=60)
        assert answer.status == 200, answer.data
        found: dict[str, Any] = answer.json()
        return found

    return call


@pytest.fixture(scope="module")
def settings(clone: Commands) -> Settings:
    """The stack's, with its secrets."""
    with assigned(clone.environment):
        return load_settings()


@pytest.fixture(scope="module")
def notebooks(clone: Commands, settings: Settings) -> Iterator[str]:
    """JupyterLab's address, with its token."""
    with jupyter(clone, settings) as address:
        yield address


def _put(clone: Commands, *names: str) -> None:
    """Put users' files where the README says."""
    notebooks = clone.checkout / "spark_jobs" / "notebooks" / "user" / SOMEONE
    notebooks.mkdir(parents=True, exist_ok=True)
    for name in names:
        dag = name.endswith("_dag.py")
        folder = clone.checkout / "airflow" / "dags" / "user" if dag else notebooks
        shutil.copy(COURSE / name, folder)


def _batch_versions(clone: Commands) -> dict[str, int]:
    lake = clone.checkout / ".state" / "lake" / "batch"
    tables = [log.parent for log in lake.rglob("_delta_log")]
    return {str(table.relative_to(lake)): DeltaTable(table).version() for table in tables}


def _acked(clone: Commands, layer: str) -> int:
    layers = json.loads(clone.make("ledger", "FORMAT=json"))["layers"]
    return sum(counts["acked"] for counts in layers[layer].values())


def test_up_starts_the_workspace_and_airflow(clone: Commands) -> None:
    """Everything that `make up` names runs, and `make airflow` says where and with which login."""
    clone.make("up")
    services = json.loads(clone.make("status", "FORMAT=json"))["services"]
    assert {row["state"] for row in services} == {"RUNNING"}
    assert {"workspace", "airflow_api", "airflow_scheduler"} <= {row["name"] for row in services}
    assert f"127.0.0.1:{clone.environment['AIRFLOW_PORT']}" in clone.make("airflow")


def test_the_daily_dag_succeeds_before_anything_was_posted(clone: Commands) -> None:
    """A newcomer's first `make dag-run` is green, on an empty lake."""
    assert "Success" in clone.make("dag-run")


def test_a_users_script_posts_unchanged(clone: Commands, tmp_path: Path) -> None:
    """A script that names a closed cloud and a missing credentials file posts 60 records, and ends."""
    script = shutil.copy(COURSE / "user_posting_emulation.py", tmp_path)
    clone.make("run", f"SCRIPT={script}", "MAX_REQUESTS=60", "FAST=1")
    assert _acked(clone, "batch") == 60


def test_the_daily_dag_succeeds_and_repeats_nothing(clone: Commands) -> None:
    """New rows come through to the answers; running it again changes no table of the batch layer."""
    clone.make("emulate", "ROWS=100")
    clone.make("dag-run")
    ledger = json.loads(clone.make("ledger", "FORMAT=json"))["layers"]["batch"]
    assert {counts["bronze"] for counts in ledger.values()} == {120}
    before = _batch_versions(clone)
    clone.make("dag-run")
    assert _batch_versions(clone) == before


def test_a_users_dag_and_notebook_succeed_unchanged(clone: Commands, api: Api) -> None:
    """An Airflow 2 DAG with a notebook that mounts, cleans, creates views and asks by %sql is green."""
    _put(clone, "batch_dag.py", "Mount, clean & query.ipynb")
    clone.make("dag-run", "DAG=course_dag")
    newest = api("GET", "runs/list?limit=1")["runs"][0]
    task = api("GET", f"runs/get?run_id={newest['run_id']}")["tasks"][0]
    output = api("GET", f"runs/get-output?run_id={task['run_id']}")
    assert output["notebook_output"]["result"] == "120 pins of 100 users"


def test_a_notebook_that_raises_fails_its_dag_with_its_message(clone: Commands) -> None:
    """The notebook's own error stands in what `make dag-run` shows of Airflow's log."""
    _put(clone, "Raises.py")
    dag = (COURSE / "batch_dag.py").read_text(encoding="utf-8")
    failing = dag.replace("Mount, clean & query", "Raises").replace("course_dag", "failing_dag")
    (clone.checkout / "airflow" / "dags" / "user" / "failing_dag.py").write_text(failing)
    said = clone.fail_make("dag-run", "DAG=failing_dag")
    assert "name 'no_such_name' is not defined" in said


def test_a_streaming_notebook_fills_three_tables_from_one_checkpoint_folder(
    clone: Commands, api: Api
) -> None:
    """Each table has each record once, the built-in speed layer stays as it was; cancelling ends the run."""
    _put(clone, "streaming.py")
    notebook = {"notebook_path": f"/{SOMEONE}/streaming"}
    body = {"existing_cluster_id": "1108-162752-8okw8dgg", "notebook_task": notebook}
    run_id = api("POST", "runs/submit", body)["run_id"]
    warehouse = clone.checkout / ".state" / "dbfs" / "user" / "hive" / "warehouse"

    def rows() -> list[int]:
        folders = [warehouse / f"0a1b2c3d4e5f_{table}_table" for table in TABLES]
        return [DeltaTable(f).count() if DeltaTable.is_deltatable(str(f)) else 0 for f in folders]

    eventually("the notebook's tables", lambda: rows() == [100, 100, 100], within=120)
    assert api("GET", f"runs/get?run_id={run_id}")["state"]["life_cycle_state"] == "RUNNING"
    api("POST", "runs/cancel", {"run_id": run_id})

    def result() -> str | None:
        state: dict[str, str] = api("GET", f"runs/get?run_id={run_id}")["state"]
        return state.get("result_state")

    eventually("the run's end", lambda: result() == "CANCELED", within=30)
    assert rows() == [100, 100, 100]
    assert _acked(clone, "speed") == 300


def test_another_user_of_this_machine_reads_nothing(clone: Commands) -> None:
    """Neither secrets, nor state, nor journals, nor logs."""
    assert "Permission denied" in run_as_another(clone.checkout, "cat", ".env")
    assert run_as_another(clone.checkout, "cat", "README.md").startswith("# pincloud")
    readable = run_as_another(clone.checkout, "find", ".env", ".state", "-readable")
    assert "/" not in readable.replace("'.state'", "")
    assert list((clone.checkout / ".state" / "journals").rglob("*.jsonl"))


def test_no_port_answers_what_another_sites_page_asks(settings: Settings, notebooks: str) -> None:
    """Whatever name, origin or kind of request a page chooses, it is refused, and told nothing."""
    assert urllib3.request("GET", notebooks).status == 200
    assert [said for door in doors(settings) for said in answered(door)] == []


def test_a_hostile_page_in_a_real_browser_reads_and_changes_nothing(
    settings: Settings, notebooks: str
) -> None:
    """Its owner's own pages of the workspace, Airflow and JupyterLab go on working, logged in as they are."""
    try:
        with browser(RESOLVER) as driver:
            tell(driver, settings, notebooks)
    except FileNotFoundError as error:
        pytest.skip(str(error))
