"""Airflow's components as the stack runs them, started once for all of these."""

import psutil
import pytest
import urllib3

from services.settings import HOST, Settings
from services.stack.machine.processes import stack_processes
from services.stack.native.scratch import ScratchStack
from tests.support.polling import eventually


@pytest.fixture(scope="module")
def token(airflow_stack: ScratchStack) -> str:
    """What a login gives."""
    password = airflow_stack.settings.airflow_password.get_secret_value()
    answer = _login(airflow_stack.settings, password)
    assert answer.status == 201
    return str(answer.json()["access_token"])


def _login(settings: Settings, password: str) -> urllib3.BaseHTTPResponse:
    body = {"username": settings.airflow_user, "password": password}
    return urllib3.request("POST", f"{settings.airflow_url}/auth/token", json=body, timeout=60)


def test_it_listens_on_this_machine_alone(airflow_stack: ScratchStack) -> None:
    """One port of 127.0.0.1, the API server's: there is no log server."""
    listening = {
        connection.laddr
        for process in stack_processes(airflow_stack.layout.state)
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {(HOST, airflow_stack.settings.airflow_port)}


def test_a_wrong_password_is_refused(airflow_stack: ScratchStack) -> None:
    """Nobody gets a token without the one of `.env`."""
    assert _login(airflow_stack.settings, "wrong").status == 401


def test_no_secret_stands_in_the_supervisors_configuration(airflow_stack: ScratchStack) -> None:
    """The components get them from their own environment."""
    text = (airflow_stack.layout.run / "supervisord.conf").read_text()
    settings = airflow_stack.settings
    secrets = [settings.airflow_password, settings.airflow_secret_key, settings.workspace_token]
    assert not any(secret.get_secret_value() in text for secret in secrets)


def test_the_components_have_sent_heartbeats(airflow_stack: ScratchStack) -> None:
    """A stack is up when its scheduler and its DAG processor work, not when the pages show."""
    url = f"{airflow_stack.settings.airflow_url}/api/v2/monitor/health"
    health = urllib3.request("GET", url, timeout=60).json()
    assert health["scheduler"]["status"] == health["dag_processor"]["status"] == "healthy"


def test_the_pipelines_own_dag_is_served(airflow_stack: ScratchStack, token: str) -> None:
    """`<uid>_dag`, without an import error."""
    settings = airflow_stack.settings
    headers = {"Authorization": f"Bearer {token}"}

    def known() -> bool:
        url = f"{settings.airflow_url}/api/v2/dags/{settings.user_id}_dag"
        return urllib3.request("GET", url, headers=headers, timeout=60).status == 200

    eventually("the pipeline's DAG", known, within=60)
    url = f"{settings.airflow_url}/api/v2/importErrors"
    errors = urllib3.request("GET", url, headers=headers, timeout=60)
    ours = [row for row in errors.json()["import_errors"] if row["bundle_name"] != "user"]
    assert ours == []


def test_workers_can_be_told_from_other_processes(airflow_stack: ScratchStack) -> None:
    """Their titles do not hide whose they are: what a killed scheduler leaves is found by that."""
    workers = [
        process
        for process in stack_processes(airflow_stack.layout.state)
        if " ".join(process.cmdline()).startswith("airflow worker")
    ]
    assert len(workers) == 4
    assert all("PINCLOUD_STACK" in worker.environ() for worker in workers)
