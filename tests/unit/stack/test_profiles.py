from pathlib import Path

import pytest
from rich.console import Console

from services.settings import Settings
from services.stack.layout import Layout
from services.stack.native import profile
from services.stack.native.assembly import profile_to_start
from services.stack.native.service import NativeService
from services.stack.native.services import catalog
from services.stack.native.stack import NativeStack
from services.stack.report import Report


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder that does not exist yet."""
    return Layout(tmp_path / "state")


def _services(layout: Layout, name: str) -> dict[str, NativeService]:
    settings = Settings(state_dir=layout.state)
    return {service.name: service for service in catalog.services(settings, layout, name)}


def test_full_is_core_with_the_workspace_and_airflow(layout: Layout) -> None:
    """Nothing of the core is missing in full, and nothing of full's own is in core."""
    core, full = _services(layout, "core"), _services(layout, "full")
    assert full.keys() - core.keys() == {
        "workspace",
        "airflow_api",
        "airflow_scheduler",
        "airflow_dags",
    }
    assert core.keys() <= full.keys()


def test_airflow_waits_for_nothing_of_the_core(layout: Layout) -> None:
    """It starts beside the core, so that a full start takes no longer than the slower of the two."""
    airflow = [service for name, service in _services(layout, "full").items() if "airflow" in name]
    assert not any(service.needs for service in airflow)


def test_the_triggerer_runs_only_on_request(layout: Layout) -> None:
    """A setting adds it."""
    settings = Settings(state_dir=layout.state, airflow_triggerer=True)
    names = [service.name for service in catalog.services(settings, layout, "full")]
    assert "airflow_triggerer" in names
    assert "airflow_triggerer" not in _services(layout, "full")


def test_the_profile_of_the_last_start_is_remembered(layout: Layout) -> None:
    """Before the first start it is the default."""
    assert profile.remembered(layout) == "full"
    profile.remember(layout, "core")
    assert profile.remembered(layout) == "core"


def test_an_unreadable_profile_is_the_default(layout: Layout) -> None:
    """A file of another version does not keep the stack from being stopped."""
    profile.remember(layout, "core")
    (layout.state / "profile").write_text("enormous")
    assert profile.remembered(layout) == "full"


@pytest.mark.parametrize(("one", "other"), [("core", "full"), ("full", "core"), ("full", "full")])
def test_of_two_profiles_the_wider_has_everything(one: str, other: str) -> None:
    """The order does not matter."""
    assert profile.wider(one, other) == "full"


def test_what_others_need_or_report_to_is_stopped_after_them(layout: Layout) -> None:
    """The scheduler's tasks still reach the API server and the workspace, and that one reaches Spark."""
    services = list(_services(layout, "full").values())
    levels = list(NativeStack(layout, services)._levels())
    at = {name: number for number, level in enumerate(levels) for name in level}
    assert at["airflow_scheduler"] < at["airflow_api"]
    assert at["airflow_scheduler"] < at["workspace"] < at["spark"]
    assert at["gateway"] < at["kafka"]
    assert at.keys() == {service.name for service in services}


def test_a_stack_that_is_down_starts_with_what_was_asked_for(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A larger profile of the day before does not come back by itself."""
    monkeypatch.setenv("STATE_DIR", str(layout.state))
    profile.remember(layout, "full")
    assert profile_to_start("core", Report(Console())) == "core"


def test_a_stack_that_runs_is_not_made_smaller(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make demo` and `make up PROFILE=core` leave a full stack full, and say so."""
    monkeypatch.setenv("STATE_DIR", str(layout.state))
    monkeypatch.setattr(NativeStack, "is_up", True)
    profile.remember(layout, "full")
    console = Console(record=True, width=200)
    assert profile_to_start("core", Report(console)) == "full"
    assert "The full stack runs, and stays as it is" in console.export_text()
