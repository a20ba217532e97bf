"""The Compose file, the native stack, the settings and the README tell of one and the same stack."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.settings import PROJECT_ROOT, Settings, load_settings
from services.stack.compose import image_digests
from services.stack.layout import Layout
from services.stack.native.service import NativeService
from services.stack.native.services import catalog, kafka

Services = dict[str, dict[str, Any]]

NATIVE_ONLY = {
    "kafka_port", "kafka_controller_port", "mysql_port", "gateway_port", "sink_port", "aws_port", "kinesis_port",
    "spark_port", "spark_ui_port", "spark_ui_backend_port", "jupyter_port", "airflow_port",
}  # fmt: skip
"""Ports: in a container each service listens on its default one."""

INNER = {"kafka_controller_port", "kinesis_port", "spark_ui_backend_port"}
"""Ports at which nobody but the stack itself calls."""

OF_THE_HOST = {"lake_dir", "workspace_dir", "user_dags_dir", "airflow_url"}
"""Paths and addresses of the machine that a container does not see."""


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NativeService]:
    """The native stack's services, by name."""
    settings = load_settings(_env_file=None)
    layout = Layout(tmp_path_factory.mktemp("state"))
    return {service.name: service for service in catalog.services(settings, layout, "full")}


@pytest.fixture(scope="module")
def readme() -> str:
    """The README."""
    return (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


def test_both_runtimes_have_the_same_services(
    lasting: Services, durable: Services, native: dict[str, NativeService]
) -> None:
    """Name for name; by default LocalStack is in the place of our own Kinesis."""
    assert durable.keys() == native.keys()
    assert lasting.keys() == native.keys() - {"kinesis"} | {"localstack"}


def test_both_runtimes_have_the_same_tasks(default: Services, lasting: Services) -> None:
    """What is done once in each start has the same names; Airflow's database is made by its own job."""
    tasks = {task.name for task in catalog.tasks()}
    assert default.keys() - lasting.keys() == tasks | {"airflow_setup"}


def test_published_ports_are_the_settings_own(compose: dict[str, Any]) -> None:
    """Every published port can be set, and its default is the native stack's."""
    fields = Settings.model_fields
    ports = [port for row in compose["services"].values() for port in row.get("ports", [])]
    found = dict(re.findall(r"127\.0\.0\.1:\$\{([A-Z_]+):-(\d+)\}", " ".join(ports)))
    assert found == {name: str(fields[name.lower()].default) for name in found}
    lasting = {"MYSQL", "KAFKA", "AWS", "GATEWAY", "SINK", "SPARK", "SPARK_UI", "WORKSPACE"}
    assert {f"{name}_PORT" for name in (*lasting, "AIRFLOW", "JUPYTER")} == set(found)


def test_the_readme_names_the_published_ports(readme: str) -> None:
    """The table of addresses has the defaults."""
    for name, field in Settings.model_fields.items():
        if name.endswith("_port") and name not in INNER:
            assert re.search(rf"\b{field.default}\b", readme), name


def test_every_setting_reaches_the_containers(compose: dict[str, Any]) -> None:
    """A setting of `.env` holds in Compose as it does natively: as a variable, or as a secret file."""
    variables = {
        name.lower() for row in compose["services"].values() for name in row.get("environment", {})
    }
    airflow = {name for name in Settings.model_fields if name.startswith(("airflow_", "smtp_"))}
    reached = variables | compose["secrets"].keys() | airflow | {"alert_email"}
    assert Settings.model_fields.keys() - reached - NATIVE_ONLY - OF_THE_HOST == set()


def test_kafka_is_configured_alike(compose: dict[str, Any], tmp_path: Path) -> None:
    """Each property of the native broker has the same value in the container, addresses and folders aside."""
    properties = dict(
        line.split("=", 1)
        for line in kafka.broker_properties(load_settings(_env_file=None), tmp_path).splitlines()
    )
    here = {"listeners", "advertised.listeners", "log.dirs", "controller.quorum.voters"}
    environment = compose["services"]["kafka"]["environment"]
    for key in properties.keys() - here:
        name = "KAFKA_" + key.replace(".", "_").upper()
        default = re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", str(environment[name]))
        assert default == properties[key], key


def test_versions_are_the_locked_ones(compose: dict[str, Any], readme: str) -> None:
    """Kafka's and Airflow's images have the version that the native stack has; ours have the project's."""
    images = {name: row["image"] for name, row in compose["services"].items()}
    jars = (PROJECT_ROOT / "requirements" / "jars" / "kafka.in").read_text(encoding="utf-8")
    assert images["kafka"].split(":")[1].partition("$")[0] in jars
    airflow = (PROJECT_ROOT / "airflow" / "Dockerfile").read_text(encoding="utf-8")
    base = re.search(r"^FROM apache/airflow:([\d.]+)-python3\.11", airflow, re.MULTILINE)
    assert base
    locked = (PROJECT_ROOT / "requirements" / "airflow.txt").read_text(encoding="utf-8")
    assert f"apache-airflow=={base[1]}" in locked
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ours = {image for image in images.values() if image.startswith("pincloud/")}
    assert {image.split(":")[1] for image in ours} == {project["project"]["version"]}
    for image in ("mysql:8.4", "apache/kafka:4.3.1", "localstack/localstack:4.14.0"):
        assert image in image_digests.images()
        assert image in readme
