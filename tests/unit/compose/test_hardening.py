"""What every container of the stack has to keep to."""

import re
from typing import Any

import pytest
from pydantic import SecretStr

from services.settings import PROJECT_ROOT, Settings, load_settings
from services.stack.compose import aws_engine

Services = dict[str, dict[str, Any]]

BUDGET_MIB = 6400
"""Of which about two thirds are used at once: 6 GB do."""
IMAGE_USERS = {"apache/kafka:4.3.1", "confluentinc/cp-kafka-rest:8.3.2"}
"""Official images that are no root's by themselves."""

WRITES_ITS_OWN_FILES = {"kafka-rest"}
"""Services that do not start on a read-only file system."""


def _every(compose: dict[str, Any]) -> Services:
    services: Services = compose["services"]
    return services


def test_each_service_is_restricted(compose: dict[str, Any]) -> None:
    """No capability, no way to new privileges, no writable file system, no end of processes."""
    for name, row in _every(compose).items():
        assert row["cap_drop"] == ["ALL"], name
        assert row["security_opt"] == ["no-new-privileges:true"], name
        assert row["read_only"] is (name not in WRITES_ITS_OWN_FILES), name
        assert not row.get("privileged"), name
        assert 256 <= row["pids_limit"] <= 4096, name
        assert not any("docker.sock" in str(volume) for volume in row.get("volumes", ())), name


def test_no_service_runs_as_root(compose: dict[str, Any]) -> None:
    """A user is named in the file, in our Dockerfile, or by an image that is known for it."""
    for name, row in _every(compose).items():
        if user := row.get("user"):
            assert not re.match(r"^(0|root)\b", str(user)), name
        elif "build" in row:
            text = (PROJECT_ROOT / row["build"]["dockerfile"]).read_text(encoding="utf-8")
            users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
            assert users, name
            assert not re.match(r"^(0|root)\b", users[-1]), name
        else:
            assert row["image"].partition("$")[0] in IMAGE_USERS, name


def test_ports_are_published_on_the_loopback_alone(compose: dict[str, Any]) -> None:
    """Nobody else on the network can reach the stack."""
    ports = [port for row in _every(compose).values() for port in row.get("ports", [])]
    assert ports
    assert all(re.match(r"^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:(\d+|\$\{)", port) for port in ports)


def test_each_lasting_service_has_a_health_check(lasting: Services) -> None:
    """`up --wait` would take a service without one for good even while it restarts in a loop."""
    assert [name for name, row in lasting.items() if "healthcheck" not in row] == []


@pytest.mark.parametrize("engine", aws_engine.PROFILES)
def test_the_memory_limits_add_up_to_the_budget(
    engine: str, lasting: Services, durable: Services
) -> None:
    """Every service has a limit, and together they are what docs/compose.md says, with either AWS_ENGINE."""
    services = lasting if engine == "localstack" else durable
    limits = {name: _mebibytes(row["mem_limit"]) for name, row in services.items()}
    told = aws_engine.variables(load_settings(_env_file=None, aws_engine=engine))
    if own := told.get("AWS_MEMORY_LIMIT"):
        limits["aws"] = _mebibytes(own)
    assert sum(limits.values()) <= BUDGET_MIB, limits


def _mebibytes(text: str) -> int:
    number, unit = re.fullmatch(r"(?:\$\{\w+:-)?(\d+)([mg])\}?", text).groups()  # type: ignore[union-attr]
    return int(number) * (1024 if unit == "g" else 1)


def test_no_secret_is_an_environment_variable(compose: dict[str, Any]) -> None:
    """Secrets reach containers as files, which `docker inspect` does not show."""
    fields = Settings.model_fields.items()
    secrets = {name.upper() for name, field in fields if field.annotation is SecretStr}
    for name, row in _every(compose).items():
        assert not set(row.get("environment", {})) & secrets, name


def test_secrets_are_files_below_the_state_folder(compose: dict[str, Any]) -> None:
    """Each is one file of the folder that `up` writes, under its own name."""
    for name, row in compose["secrets"].items():
        assert row == {"file": f"${{SECRETS_FOLDER:-.state/secrets}}/{name}"}


def test_images_have_exact_tags(compose: dict[str, Any]) -> None:
    """No `latest`, and nothing without a tag; behind those that are not ours is their digest's place."""
    images = {row["image"] for row in _every(compose).values()}
    assert [image for image in images if not re.search(r":[^:/]*\d+\.\d+", image)] == []
    foreign = {image for image in images if not image.startswith("pincloud/")}
    assert [image for image in foreign if not re.search(r"\$\{\w+_DIGEST:-\}$", image)] == []


def test_base_images_have_their_digests_place() -> None:
    """Each `FROM` of a published image, in every Dockerfile."""
    for file in sorted(PROJECT_ROOT.glob("*/**/Dockerfile")):
        bases = re.findall(r"^FROM (\S+:\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert bases, file
        assert [base for base in bases if not re.search(r"\$\{\w+_DIGEST\}$", base)] == [], file


def test_localstack_has_s3_and_kinesis_alone_and_is_not_published(compose: dict[str, Any]) -> None:
    """No other service is loaded on request, no page of another origin is answered, and clients come by the gate."""
    localstack = compose["services"]["localstack"]
    environment = localstack["environment"]
    assert environment["SERVICES"] == "s3,kinesis"
    switches = ("STRICT_SERVICE_LOADING", "DISABLE_CORS_HEADERS")
    assert {environment[name] for name in switches} == {"1"}
    # With it, S3 would refuse what Hadoop sends: its Referer names a place of its own.
    assert "DISABLE_CUSTOM_CORS_S3" not in environment
    assert "EXTRA_CORS_ALLOWED_ORIGINS" not in environment
    assert "ports" not in localstack


def test_what_images_fetch_is_checked() -> None:
    """No `npm install`, which runs what it fetches; a package or an address is compared with its checksum."""
    for file in sorted(PROJECT_ROOT.glob("*/**/Dockerfile")):
        text = file.read_text(encoding="utf-8").replace("\\\n", " ")
        assert not re.search(r"\bnpm (?!pack\b)[a-z]", re.sub(r"(?m)^#.*$", "", text)), file
        for line in re.findall(r"^RUN .*npm pack.*$", text, re.MULTILINE):
            assert re.search(r"npm pack [^&]*&& sha256sum --check \S+\.sha256", line), line
        for line in re.findall(r"^ADD .*https?://.*$", text, re.MULTILINE):
            assert re.search(r"--checksum=sha256:[0-9a-f]{64}", line), line


def test_names_of_the_network_are_allowed_as_hosts(compose: dict[str, Any]) -> None:
    """Containers call each other by them, and no further ones are let in."""
    services = compose["services"]
    given = services["gateway"]["environment"]["ALLOWED_HOSTS"]
    *names, more = given.split(",")
    assert set(names) <= services.keys()
    assert more == "${ALLOWED_HOSTS:-}"
    for address in (services["gateway"]["environment"]["GATEWAY_URL"], "http://aws:4566"):
        assert re.split(r"[/:]+", address)[1] in names


@pytest.mark.parametrize(
    "room", ["services", "services/streams/localstack", "spark_jobs", "airflow"]
)
def test_our_images_are_labelled_and_fit_every_machine(room: str) -> None:
    """Each names itself, its version and licence, and nothing in it is for one kind of processor."""
    text = (PROJECT_ROOT / room / "Dockerfile").read_text(encoding="utf-8")
    for label in ("title", "description", "version", "licenses"):
        assert f"org.opencontainers.image.{label}=" in text
    assert not re.search(r"amd64|x86_64|--platform", text)
