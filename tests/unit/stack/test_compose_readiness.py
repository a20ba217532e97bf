import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from services.stack.compose import images, readiness
from services.stack.compose.containers import Container
from services.stack.compose.model import ComposeService, services
from services.stack.compose.project import Project
from services.stack.compose.readiness import is_current
from services.stack.report import Report
from tests.support.containers import container

MODEL = {
    "services": {
        "mysql": {
            "image": "mysql:8.4",
            "restart": "unless-stopped",
            "healthcheck": {"test": ["CMD", "true"]},
            "ports": [{"target": 3306, "published": "13306"}, {"target": 1}],
        },
        "source": {"image": "pincloud:1", "build": {"context": "."}, "restart": "on-failure:3"},
    }
}


def _project(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Project:
    """A project whose `docker compose config` answers with the model, or its hashes."""

    def run(_: Project, *arguments: str) -> str:
        return "mysql h1\nsource h2\n" if "--hash" in arguments else json.dumps(MODEL)

    monkeypatch.setattr(Project, "run", run)
    ids = {"mysql:8.4": "sha256:m", "pincloud:1": "sha256:o"}
    monkeypatch.setattr(readiness, "image_ids", lambda _: ids)
    return Project("pincloud-test", folder, folder / ".env")


def _container(service: str, **changes: object) -> Container:
    running = service == "mysql"
    own: dict[str, object] = {
        "state": "running" if running else "exited",
        "health": "healthy" if running else "",
        "image": "sha256:m" if running else "sha256:o",
        "configuration": "h1" if running else "h2",
    }
    return container(**{"id": service, "service": service, **own, **changes})


def test_the_compose_file_is_read_as_compose_reads_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is restarted for ever is a server; only published ports count."""
    found = services(_project(monkeypatch, tmp_path))
    assert found["mysql"] == ComposeService(
        "mysql", "mysql:8.4", is_built=False, ports=[13306], is_job=False, has_health_check=True
    )
    assert (found["source"].is_job, found["source"].is_built) == (True, True)


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ([_container("mysql"), _container("source")], True),
        ([_container("mysql"), _container("source"), _container("source", one_off=True)], True),
        ([_container("mysql")], False),
        ([_container("mysql"), _container("source"), _container("mysql", id="2")], False),
        ([_container("mysql"), _container("source"), _container("kafka")], False),
        ([_container("mysql", health="starting"), _container("source")], False),
        ([_container("mysql"), _container("source", exit_code=1)], False),
        ([_container("mysql", configuration="old"), _container("source")], False),
        ([_container("mysql"), _container("source", image="sha256:old")], False),
    ],
)
def test_nothing_is_started_only_when_all_is_there(
    containers: Sequence[Container],
    expected: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Ready, as often as wanted, with nothing left over, of these settings and these images."""
    project = _project(monkeypatch, tmp_path)
    assert is_current(project, services(project), {}, containers) is expected


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with something to build."""
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "app.py").write_text("1")
    (tmp_path / "airflow" / "dags").mkdir(parents=True)
    return tmp_path


def test_images_are_built_when_a_file_of_theirs_has_changed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for what containers see by a mount, not twice, and again when another checkout has built over them."""
    built: list[Sequence[str]] = []
    ids = {"pincloud:1": "sha256:1"}
    monkeypatch.setattr(images, "_build", lambda _, names, *__: built.append(names))
    monkeypatch.setattr(images, "image_ids", lambda _: dict(ids))
    project = _project(monkeypatch, checkout)
    report = Report(Console(quiet=True))

    def ensure() -> None:
        images.ensure_images(project, services(project).values(), checkout, report)

    ensure()
    ensure()
    assert built == [["source"]]
    (checkout / "airflow" / "dags" / "mine.py").write_text("2")
    ensure()
    assert len(built) == 1
    (checkout / "services" / "app.py").write_text("2")
    ensure()
    ids["pincloud:1"] = "sha256:2"
    ensure()
    assert len(built) == 3
