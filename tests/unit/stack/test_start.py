import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from services.stack.errors import NotReadyError, StartError
from services.stack.layout import Layout
from services.stack.native.service import NativeService, StartTask
from services.stack.native.starter import NativeStarter
from services.stack.native.supervisor import ProcessState, Supervisor
from services.stack.report import Report


class FakeSupervisor:
    """Remembers what was started; a service in `dead` ends at once."""

    def __init__(self, *dead: str) -> None:
        self.started: list[str] = []
        self._dead = dead

    def start(self, name: str) -> None:
        """Start a service."""
        self.started.append(name)

    def states(self) -> dict[str, ProcessState]:
        """Everything that was started, as supervisord would tell it."""
        return {name: self._state(name) for name in self.started}

    def _state(self, name: str) -> ProcessState:
        return ProcessState(name, "FATAL" if name in self._dead else "RUNNING", 1, 0)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder with a log folder."""
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    return layout


def _starter(supervisor: FakeSupervisor, layout: Layout) -> NativeStarter:
    return NativeStarter(cast(Supervisor, supervisor), layout, Report(Console(quiet=True)))


def _service(
    name: str,
    *needs: str,
    ready: Callable[[], None] = lambda: None,
    prepare: Callable[[], None] = lambda: None,
    deadline: float = 60,
) -> NativeService:
    return NativeService(name, (), {}, ready, frozenset(needs), prepare=prepare, deadline=deadline)


def _not_ready() -> None:
    raise NotReadyError("no answer")


def test_what_is_needed_is_ready_before_it_is_used(layout: Layout) -> None:
    """Whatever order the parts are named in, their needs come first."""
    supervisor = FakeSupervisor()
    _starter(supervisor, layout).run([_service("c", "b"), _service("b", "a"), _service("a")])
    assert supervisor.started == ["a", "b", "c"]


def test_a_service_that_runs_is_awaited_but_not_prepared_again(layout: Layout) -> None:
    """`up` after a `make` that was killed must not rewrite the files of a running process."""
    supervisor, asked = FakeSupervisor(), []
    supervisor.start("a")
    service = _service("a", ready=lambda: asked.append("ready"), prepare=_not_ready)
    _starter(supervisor, layout).run([service])
    assert supervisor.started == ["a"]
    assert asked == ["ready"]


def test_a_failed_preparation_is_told_in_the_programs_own_words(layout: Layout) -> None:
    """The error names the service and quotes what the program wrote to stderr."""

    def prepare() -> None:
        command = [sys.executable, "-c", "raise SystemExit('libcrypt.so.1 is missing')"]
        subprocess.run(command, check=True, capture_output=True)

    with pytest.raises(StartError, match=r"a did not start: libcrypt\.so\.1 is missing"):
        _starter(FakeSupervisor(), layout).run([_service("a", prepare=prepare)])


def test_nothing_is_started_after_a_failure(layout: Layout) -> None:
    """What needs the failed service is never begun; the error has the last line of its log."""
    layout.log("a").write_text("first\ndisk is full\n", encoding="utf-8")
    supervisor = FakeSupervisor("a")
    with pytest.raises(StartError, match="a did not start: disk is full"):
        _starter(supervisor, layout).run([_service("a", ready=_not_ready), _service("b", "a")])
    assert supervisor.started == ["a"]


def test_a_service_that_never_answers_is_given_up(layout: Layout) -> None:
    """After its deadline the error says what the readiness check met last."""
    service = _service("a", ready=_not_ready, deadline=0)
    with pytest.raises(StartError, match="not ready after 0 s: no answer"):
        _starter(FakeSupervisor(), layout).run([service])


def test_a_failed_task_is_told_with_the_command_that_shows_its_log(layout: Layout) -> None:
    """A task's last line is the reason, as a service's is."""
    task = StartTask("source", (sys.executable, "-c", "raise SystemExit('no such table')"))
    with pytest.raises(
        StartError, match=r"source did not start: no such table[^`]*`make logs SERVICE=source`"
    ):
        _starter(FakeSupervisor(), layout).run([task])
