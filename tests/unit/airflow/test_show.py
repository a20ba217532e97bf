"""`make airflow`: what a person sees."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from services.airflow.client import AirflowClient
from services.airflow.rest import AirflowRest
from services.airflow.show import show
from services.settings import Settings
from tests.unit.airflow.fake_airflow import FakeAirflow, dag, import_error


@pytest.fixture
def shown(fake: FakeAirflow, settings: Settings) -> Callable[[Console], str]:
    """What is printed for one DAG, one file that cannot be loaded, and one that was migrated."""
    mine = dag("d\x1b[2J", is_paused=True, bundle_name="user", relative_fileloc="sub/[red]mine.py")
    broken = import_error("broken.py", '  File "/x/broken.py", line 3\nSyntaxError: [bold]no')
    fake.answers |= {
        "GET /dags": (200, {"dags": [mine], "total_entries": 1}),
        "GET /dags/d\x1b[2J/dagRuns": (
            200,
            {"dag_runs": [{"dag_run_id": "r", "state": "failed"}]},
        ),
        "GET /importErrors": (200, {"import_errors": [broken], "total_entries": 1}),
    }
    diff = settings.state_dir / "airflow/bundles/user/changes/sub/old.py.diff"
    diff.parent.mkdir(parents=True)
    diff.write_text("--- a\n+++ b\n@@ -1 +1 @@\n-schedule_interval=1\n+schedule=1\n")

    def print_on(console: Console) -> str:
        show(AirflowClient(AirflowRest(settings)), settings, console)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    return print_on


def test_everything_is_named_by_the_users_own_file(
    shown: Callable[[Console], str], settings: Settings, console: Console
) -> None:
    """Markup and control characters in names are text."""
    text = shown(console)
    folder = settings.user_dags_dir
    assert settings.airflow_url in text
    assert f"not loaded  {folder}/broken.py:3\n  SyntaxError: [bold]no" in text
    assert f"migrated  {folder}/sub/old.py" in text
    assert "  -schedule_interval=1\n  +schedule=1\n" in text
    (row,) = [line for line in text.splitlines() if line.startswith("d\\x1b[2J")]
    assert row.split()[1:3] == ["paused", "0"]
    assert "failed" in row
    assert "/sub/[red]mine.py" in row


@pytest.mark.parametrize("terminal", [True, False])
def test_the_password_goes_to_people_only(
    shown: Callable[[Console], str], *, terminal: bool
) -> None:
    """A pipe or a file does not get it; both are told where it stands."""
    text = shown(Console(file=io.StringIO(), force_terminal=terminal, width=200, no_color=True))
    assert ("secret" in text) is terminal
    assert "AIRFLOW_PASSWORD in" in text
