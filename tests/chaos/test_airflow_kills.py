"""A scheduler that is killed in the middle of a task."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from services.settings import Settings
from services.stack.native.scratch import ScratchStack, scratch_stack
from tests.support.polling import eventually

pytestmark = pytest.mark.chaos

_DAG = """
import time
from datetime import datetime
from pathlib import Path

from airflow.sdk import DAG, task

with DAG("waits", start_date=datetime(2024, 1, 1), schedule=None, is_paused_upon_creation=False):

    @task(retries=0)
    def wait() -> None:
        while not Path("{gate}").exists():
            time.sleep(0.2)

    wait()
"""


@pytest.fixture
def airflow(tmp_path: Path) -> Iterator[ScratchStack]:
    """Airflow alone."""
    with scratch_stack(tmp_path / "s", {"airflow_api", "airflow_scheduler", "airflow_dags"}) as own:
        yield own


class _Rest:
    def __init__(self, settings: Settings) -> None:
        self._pool = urllib3.PoolManager(timeout=60)
        password = settings.airflow_password.get_secret_value()
        body = {"username": settings.airflow_user, "password": password}
        login = self._pool.request("POST", f"{settings.airflow_url}/auth/token", json=body).json()
        self._pool.headers = {"Authorization": f"Bearer {login['access_token']}"}
        self._api = f"{settings.airflow_url}/api/v2/dags/waits"

    def has_dag(self) -> bool:
        return self._pool.request("GET", self._api).status == 200

    def trigger(self) -> None:
        self._pool.request("POST", f"{self._api}/dagRuns", json={"logical_date": None})

    def task(self) -> tuple[str, int]:
        """State and number of the attempt."""
        answer = self._pool.request("GET", f"{self._api}/dagRuns/~/taskInstances").json()
        rows = answer["task_instances"]
        return (rows[0]["state"], rows[0]["try_number"]) if rows else ("", 0)


def test_a_killed_schedulers_task_is_begun_anew(airflow: ScratchStack, tmp_path: Path) -> None:
    """Its worker is ended with it, the next scheduler runs the task once more, without a retry of the user's."""
    gate = tmp_path / "gate"
    (airflow.settings.user_dags_dir / "waits.py").write_text(_DAG.format(gate=gate))
    rest = _Rest(airflow.settings)
    eventually("the DAG", rest.has_dag, within=120)
    rest.trigger()
    eventually("the task", lambda: rest.task() == ("running", 1), within=60)
    airflow.process("airflow_scheduler").kill()
    eventually("its next attempt", lambda: rest.task() == ("running", 2), within=120)
    gate.touch()
    eventually("its end", lambda: rest.task() == ("success", 2), within=60)
