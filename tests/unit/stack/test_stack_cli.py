import json
from pathlib import Path

import pytest

from services.settings import Settings
from services.stack.command_line import demo
from services.stack.command_line.cli import main


@pytest.fixture(autouse=True)
def _own_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A stack that was never started, on a machine without any jar."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("RUNTIME", "native")
    monkeypatch.setenv("PINCLOUD_CACHE", str(tmp_path / "cache"))


def test_the_status_of_a_stack_that_never_ran_is_one_json_object(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Nothing is fetched or written for it; the exit code says that something does not run."""
    assert main(["status", "--format", "json"]) == 1
    services = json.loads(capsys.readouterr().out)["services"]
    assert {row["state"] for row in services} == {"STOPPED"}
    assert list(tmp_path.iterdir()) == []


def test_down_of_a_stack_that_never_ran_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to do, and that is no failure."""
    assert main(["down"]) == 0
    assert "Nothing was running" in capsys.readouterr().err


def test_an_unknown_service_is_answered_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The error lists every log there is, tasks and the supervisor included."""
    assert main(["logs", "kafak"]) == 1
    err = capsys.readouterr().err
    assert "no service kafak" in err
    assert all(name in err for name in ("kafka", "source", "supervisord"))


def test_a_wrong_command_is_wrong_usage() -> None:
    """The exit code is 2."""
    with pytest.raises(SystemExit) as stop:
        main(["fly"])
    assert stop.value.code == 2


def test_the_demo_goes_through_the_whole_pipeline() -> None:
    """Posting, streaming, sinking, cleaning, answers, ledger: in this order, with the number of turns."""
    posting, *rest = demo.steps(7)
    assert posting.command[-2:] == ("--count", "7")
    assert [step.command[0] for step in rest] == [
        "spark_jobs.speed",
        "services.s3_sink",
        "spark_jobs.batch",
        "spark_jobs.answers",
        "services.ledger",
    ]
