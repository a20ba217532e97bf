"""What Docker asks a container of Airflow."""

import importlib.util
from types import ModuleType

import pytest

from services.settings import PROJECT_ROOT
from tests.unit.airflow.fake_airflow import FakeAirflow


@pytest.fixture
def check(fake: FakeAirflow, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The image's module, asking the small Airflow; a proxy is in its way."""
    file = PROJECT_ROOT / "airflow" / "container" / "check.py"
    spec = importlib.util.spec_from_file_location("check", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "URL", f"{fake.url}/api/v2/monitor/health")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    health = {"scheduler": {"status": "healthy"}, "dag_processor": {"status": "unhealthy"}}
    fake.answers["GET /monitor/health"] = (200, health)
    return module


def test_a_part_that_reports_is_healthy(check: ModuleType) -> None:
    """Nothing is said."""
    check.check("scheduler")


@pytest.mark.parametrize(
    ("part", "said"),
    [("dag_processor", "dag_processor has sent no heartbeat lately"), ("triggerer", "triggerer")],
)
def test_a_part_that_does_not_report_is_named(check: ModuleType, part: str, said: str) -> None:
    """The text ends the process with exit code 1."""
    with pytest.raises(SystemExit, match=said):
        check.check(part)


def test_an_api_server_that_is_away_is_no_crash(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is said."""
    monkeypatch.setattr(check, "URL", "http://127.0.0.1:1/health")
    with pytest.raises(SystemExit, match=r"127\.0\.0\.1:1/health: .*refused"):
        check.check("scheduler")
