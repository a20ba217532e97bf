"""What Airflow's containers are given to read, and whether `docker-compose.yml` has the same names."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from services.settings import PROJECT_ROOT, Settings
from services.stack.airflow_configuration.airflow_cfg import variables
from services.stack.airflow_configuration.deployment import AirflowDeployment
from services.stack.airflow_configuration.secret_files import airflow_environment, secret_files
from services.stack.layout import Layout

PASSWORD = 'it\'s a $(pass) "word"'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Ports that can be told from the defaults; a password that a shell would take apart."""
    return Settings(
        state_dir=tmp_path,
        airflow_port=18080,
        airflow_password=SecretStr(PASSWORD),
        airflow_secret_key=SecretStr("sign"),
        workspace_port=18070,
        workspace_token=SecretStr(PASSWORD),
        smtp_server="mail.example",
        smtp_password=SecretStr(PASSWORD),
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """Airflow's services of `docker-compose.yml`."""
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    rows: dict[str, Any] = yaml.safe_load(text)["services"]
    return {name: row for name, row in rows.items() if name.startswith("airflow_")}


def test_a_container_listens_on_all_its_addresses_and_tells_those_of_the_host(
    settings: Settings,
) -> None:
    """Links lead to the published port; tasks find the API server and the workspace by their names."""
    found = airflow_environment(settings)
    assert found["AIRFLOW__API__HOST"] == "0.0.0.0"  # noqa: S104
    assert found["AIRFLOW__API__PORT"] == "8080"
    assert found["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:18080"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://airflow_api:8080/execution/"
    workspace = json.loads(found["AIRFLOW_CONN_DATABRICKS_DEFAULT"])
    assert (workspace["host"], workspace["port"]) == ("workspace", 18070)
    assert found["no_proxy"].split(",")[2:] == ["airflow_api", "workspace", "aws"]


def test_only_folders_and_addresses_differ_from_the_native_runtime(settings: Settings) -> None:
    """Everything else has the same name and the same value."""
    here = variables(
        settings, AirflowDeployment.on_this_machine(settings, Layout(settings.state_dir))
    )
    there = variables(settings, AirflowDeployment.in_containers(settings))
    assert here.keys() == there.keys()
    differing = {name.split("__")[-1] for name in here if here[name] != there[name]}
    assert differing == {
        "AIRFLOW_HOME",
        "DAGS_FOLDER",
        "PLUGINS_FOLDER",
        "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
        "SQL_ALCHEMY_CONN",
        "BASE_LOG_FOLDER",
        "DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY",
        "DAG_BUNDLE_CONFIG_LIST",
        "DAG_BUNDLE_STORAGE_PATH",
        "HOST",
        "PORT",
        "EXECUTION_API_SERVER_URL",
        "AIRFLOW_CONN_AWS_DEFAULT",
        "AIRFLOW_CONN_DATABRICKS_DEFAULT",
        "PINCLOUD_WORKSPACE_URL",
        "PINCLOUD_ALLOWED_HOSTS",
    }


@pytest.mark.parametrize(
    ("name", "component"),
    [("airflow_environment", "scheduler"), ("airflow_api_environment", "api-server")],
)
def test_a_shell_reads_every_value_as_it_is(
    settings: Settings, tmp_path: Path, name: str, component: str
) -> None:
    """Quotes, blanks and dollars of a password do nothing."""
    file = tmp_path / name
    file.write_text(secret_files(settings)[name])
    done = subprocess.run(
        ["bash", "-c", 'source "$1"; env -0', "bash", str(file)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(entry.partition("=")[::2] for entry in done.stdout.split("\0"))
    assert airflow_environment(settings, component).items() <= found.items()


def test_the_api_server_alone_gets_the_password(
    settings: Settings, services: dict[str, Any]
) -> None:
    """It is in a file of SimpleAuthManager's form, and in no environment."""
    files = secret_files(settings)
    assert json.loads(files["airflow_passwords"]) == {"admin": PASSWORD}
    given = {name for name, row in services.items() if "airflow_passwords" in row["secrets"]}
    assert given == {"airflow_api"}
    sources = [s if isinstance(s, str) else s["source"] for s in services["airflow_api"]["secrets"]]
    assert set(sources) == files.keys() - {"airflow_environment"}


def test_what_is_mounted_is_where_the_configuration_says(
    settings: Settings, services: dict[str, Any]
) -> None:
    """The code and the user's DAGs cannot be written."""
    deployment = AirflowDeployment.in_containers(settings)
    volumes = {name: row["volumes"] for name, row in services.items()}
    for mounts in volumes.values():
        assert f"airflow:{deployment.home.parent}" in mounts
        assert f"./airflow/dags:{deployment.code}/dags:ro" in mounts
        assert f"./airflow/plugins:{deployment.code}/plugins:ro" in mounts
        (user,) = [mount for mount in mounts if isinstance(mount, dict)]
        assert (user["target"], user["read_only"]) == (str(deployment.user_dags), True)


def test_each_component_asks_for_its_own_heartbeat(services: dict[str, Any]) -> None:
    """The parts have the names of Airflow's health page."""
    lasting = {name: row for name, row in services.items() if "healthcheck" in row}
    parts = {name: row["healthcheck"]["test"][-1] for name, row in lasting.items()}
    assert parts == {
        "airflow_api": "metadatabase",
        "airflow_scheduler": "scheduler",
        "airflow_dags": "dag_processor",
        "airflow_triggerer": "triggerer",
    }
