from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from services.stack.compose import starter
from services.stack.compose.containers import Container
from services.stack.compose.model import ComposeService
from services.stack.compose.project import Project
from services.stack.compose.starter import ComposeStarter
from services.stack.errors import StartError
from services.stack.report import Report
from tests.support.containers import container

GATEWAY = ComposeService(
    "gateway", "pincloud", is_built=True, ports=[], is_job=False, has_health_check=True
)
SOURCE = ComposeService(
    "source", "pincloud", is_built=True, ports=[], is_job=True, has_health_check=False
)
BORN = container(id="g", health="starting", started_at="now")
DONE = replace(BORN, id="s", service="source", state="exited", health="")


class Docker:
    """Docker as the start sees it: what it finds at each look, the last one for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, script: str, *looks: Sequence[Container]):
        self._looks = list(looks)
        monkeypatch.setattr(starter, "_POLL_SECONDS", 0.01)
        monkeypatch.setattr(starter, "containers", self._look)
        monkeypatch.setattr(
            starter, "last_log_line", lambda identifier: f"last words of {identifier}"
        )
        monkeypatch.setattr(starter, "log", lambda identifier: f"whole log of {identifier}")
        monkeypatch.setattr(Project, "command", lambda *_: ["sh", "-c", script])

    def _look(self, _: str) -> Sequence[Container]:
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]


@pytest.fixture
def console() -> Console:
    """What is printed."""
    return Console(record=True, width=200)


def _start(console: Console, folder: Path) -> None:
    project = Project("pincloud-test", folder, folder / ".env")
    wanted = {"gateway": GATEWAY, "source": SOURCE}
    ComposeStarter(project, wanted, {"gateway": "http://g"}, folder / "logs", Report(console)).run(
        "up"
    )


def test_each_service_is_told_when_it_is_ready(
    monkeypatch: pytest.MonkeyPatch, console: Console, tmp_path: Path
) -> None:
    """A server with its address, a job with its last words; once each, as they come."""
    healthy = replace(BORN, health="healthy")
    Docker(monkeypatch, "exit 0", [], [BORN], [BORN, DONE], [healthy, DONE], [healthy, DONE])
    _start(console, tmp_path)
    source, gateway = console.export_text().splitlines()
    assert source.split()[:2] == ["source", "done"]
    assert "last words of s" in source
    assert gateway.split()[:2] == ["gateway", "ready"]
    assert gateway.endswith("http://g")


def test_a_service_that_fails_ends_the_start_with_its_log_kept(
    monkeypatch: pytest.MonkeyPatch, console: Console, tmp_path: Path
) -> None:
    """The container may be gone when the user looks; Compose, which would wait on, is ended."""
    Docker(monkeypatch, "exec sleep 60", [], [replace(DONE, exit_code=1)])
    with pytest.raises(StartError, match="source did not start: exit code 1: last words of s"):
        _start(console, tmp_path)
    assert (tmp_path / "logs" / "source.log").read_text() == "whole log of s"
    assert "FAILED" in console.export_text()


def test_what_ended_before_is_no_failure_of_this_start(
    monkeypatch: pytest.MonkeyPatch, console: Console, tmp_path: Path
) -> None:
    """A stack that was stopped has containers that ended somehow, until Compose has started them again."""
    stopped = [replace(BORN, state="exited", health="", exit_code=137), replace(DONE, exit_code=1)]
    begun = [
        replace(BORN, health="healthy", started_at="later"),
        replace(DONE, started_at="later"),
    ]
    Docker(monkeypatch, "exit 0", stopped, stopped, begun)
    monkeypatch.setattr("subprocess.Popen.poll", _codes(None, 0))
    _start(console, tmp_path)
    assert "FAILED" not in console.export_text()


def _codes(*codes: int | None) -> object:
    """Exit codes that a process tells, one after the other; the last one for ever."""
    left = list(codes)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_what_compose_itself_refuses_is_quoted(
    monkeypatch: pytest.MonkeyPatch, console: Console, tmp_path: Path
) -> None:
    """With the file that has all of it."""
    Docker(monkeypatch, "echo 'Error: pool overlaps' >&2; exit 1", [], [BORN])
    with pytest.raises(StartError, match=r"pool overlaps\n.*compose\.log"):
        _start(console, tmp_path)
