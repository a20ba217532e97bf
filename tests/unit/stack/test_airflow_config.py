import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.settings import Settings
from services.stack.airflow_configuration.airflow_cfg import variables
from services.stack.airflow_configuration.deployment import AirflowDeployment
from services.stack.layout import Layout
from services.stack.native.airflow_process import component


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Ports and secrets that can be told from the defaults."""
    return Settings(
        state_dir=tmp_path,
        user_id="0123456789ab",
        airflow_port=18080,
        airflow_password=SecretStr("pass word"),
        airflow_secret_key=SecretStr("sign"),
        workspace_port=18070,
        workspace_token=SecretStr("dapi123"),
    )


def _here(settings: Settings) -> AirflowDeployment:
    return AirflowDeployment.on_this_machine(settings, Layout(settings.state_dir))


def test_airflow_listens_on_this_machine_alone(settings: Settings) -> None:
    """Its API server has the address, its tasks find it there."""
    found = variables(settings, _here(settings))
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert found["AIRFLOW__API__PORT"] == "18080"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"
    assert found["AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"] == "False"


def test_the_api_server_waits_for_another_writer_for_a_short_time_only(settings: Settings) -> None:
    """It may be waiting for itself; the others are not."""
    found = [
        variables(settings, _here(settings), component)["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        for component in ("api-server", "scheduler")
    ]
    assert [url.rpartition("?")[2] for url in found] == ["timeout=5", "timeout=30"]


def test_the_connection_of_the_course_leads_to_the_workspace(settings: Settings) -> None:
    """Plain HTTP, the port in its own field, the token as password."""
    found = variables(settings, _here(settings))
    assert json.loads(found["AIRFLOW_CONN_DATABRICKS_DEFAULT"]) == {
        "conn_type": "databricks",
        "host": "127.0.0.1",
        "schema": "http",
        "port": 18070,
        "password": "dapi123",
    }


def test_s3_of_amazon_is_the_local_one(settings: Settings) -> None:
    """By the connection that Amazon's operators and hooks take when a DAG names none."""
    connection = json.loads(variables(settings, _here(settings))["AIRFLOW_CONN_AWS_DEFAULT"])
    assert connection["extra"] == {
        "endpoint_url": settings.aws_endpoint_url,
        "region_name": "us-east-1",
    }
    assert connection["login"] == settings.aws_access_key_id.get_secret_value()


def test_dags_learn_whose_pipeline_it_is(settings: Settings) -> None:
    """The id, and where the workspace is."""
    found = variables(settings, _here(settings))
    assert found["PINCLOUD_USER_ID"] == "0123456789ab"
    assert found["PINCLOUD_WORKSPACE_URL"] == "http://127.0.0.1:18070"


def test_variables_for_another_airflow_or_python_stay_outside(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A developer's own AIRFLOW_HOME, PYTHONPATH or virtual environment does not reach ours."""
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    found = component.environment(settings, Layout(tmp_path))
    assert "/elsewhere" not in found.values()
    assert found["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"


def test_a_proxy_is_not_asked_for_this_machine(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the user excluded already stays excluded."""
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    found = component.environment(settings, Layout(tmp_path))
    assert found["NO_PROXY"].split(",") == ["intranet.example", "127.0.0.1", "localhost"]
