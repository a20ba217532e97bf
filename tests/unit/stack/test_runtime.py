import os
import sys
from pathlib import Path

import pytest

from services.checkout import docker_engine, runtime
from services.checkout.docker_engine import Problem
from services.checkout.runtime import COMPOSE, NATIVE, RuntimeChoiceError
from services.setup import __main__ as setup
from services.stack.runtime import current, project_name, require_alone


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No RUNTIME, neither in the environment nor in a file."""
    monkeypatch.delenv("RUNTIME", raising=False)
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder that does not exist yet."""
    return tmp_path / "state"


def _docker_is(monkeypatch: pytest.MonkeyPatch, problem: Problem | None) -> None:
    monkeypatch.setattr(docker_engine, "problem", lambda: problem)


def test_a_docker_that_can_is_taken(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the way to do without it is told."""
    _docker_is(monkeypatch, None)
    choice = runtime.choose(state)
    assert choice.runtime == COMPOSE
    assert "RUNTIME=native" in choice.reason


def test_without_docker_it_is_native_and_says_why(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is Docker's problem, with its remedy."""
    _docker_is(monkeypatch, Problem("No daemon.", "Start it."))
    choice = runtime.choose(state)
    assert (choice.runtime, choice.reason) == (NATIVE, "No daemon. Start it.")


@pytest.mark.parametrize("name", [NATIVE, COMPOSE])
def test_the_runtime_of_the_last_start_stays(
    state: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever Docker says by now: an empty native stack in the place of the user's data would be worse."""
    _docker_is(monkeypatch, Problem("No daemon.", "") if name == COMPOSE else None)
    runtime.remember(state, name)
    assert runtime.choose(state).runtime == current(state) == name


@pytest.mark.parametrize("name", [NATIVE, COMPOSE])
def test_a_variable_forces_a_runtime(
    state: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over what was remembered; what is there is still handled by its own runtime."""
    other = NATIVE if name == COMPOSE else COMPOSE
    runtime.remember(state, other)
    monkeypatch.setenv("RUNTIME", name)
    assert runtime.choose(state).runtime == name
    assert current(state) == other


def test_the_env_file_forces_a_runtime(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting like every other one."""
    _docker_is(monkeypatch, None)
    (tmp_path / ".env").write_text("RUNTIME=native  # no containers here\n")
    assert runtime.choose(state).runtime == NATIVE


def test_another_word_is_refused(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would otherwise be one of the two, silently."""
    monkeypatch.setenv("RUNTIME", "podman")
    with pytest.raises(RuntimeChoiceError, match="RUNTIME=podman is neither native nor compose"):
        runtime.choose(state)


def test_the_demo_leaves_docker_alone(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the stack is one of containers already."""
    _docker_is(monkeypatch, None)
    assert runtime.choose(state, native_first=True).runtime == NATIVE
    runtime.remember(state, COMPOSE)
    assert runtime.choose(state, native_first=True).runtime == COMPOSE


def test_a_start_that_failed_leaves_the_choice_open(state: Path) -> None:
    """What was remembered before is remembered again."""
    runtime.remember(state, COMPOSE)
    runtime.restore(state, None)
    assert runtime.remembered(state) is None


def test_two_checkouts_have_two_projects(tmp_path: Path) -> None:
    """The name follows from the resolved folder, so a link to it is no second project."""
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert project_name(tmp_path / "a") != project_name(tmp_path / "b")
    assert project_name(tmp_path / "link") == project_name(tmp_path / "a")
    assert len(project_name(tmp_path)) == len("pincloud-") + 8


@pytest.mark.parametrize(("last", "forced"), [(COMPOSE, NATIVE), (NATIVE, COMPOSE)])
def test_one_runtime_is_refused_while_the_other_one_runs(
    state: Path, last: str, forced: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way out is named; once the other one is down, it may begin."""
    runtime.remember(state, last)
    for name in ("runtime.has_containers", "machine.processes.stack_processes"):
        monkeypatch.setattr(f"services.stack.{name}", lambda _: [os.getpid()])
    with pytest.raises(RuntimeChoiceError, match="`make down`"):
        require_alone(state, forced)
    require_alone(state, last)
    for name in ("runtime.has_containers", "machine.processes.stack_processes"):
        monkeypatch.setattr(f"services.stack.{name}", lambda _: [])
    require_alone(state, forced)


@pytest.mark.parametrize(
    ("last", "forced", "lock"),
    [
        ("", NATIVE, "core"),
        ("", COMPOSE, "services"),
        (COMPOSE, "", "services"),
        (COMPOSE, NATIVE, "core"),
        (NATIVE, COMPOSE, "core"),
    ],
)
def test_the_environment_serves_what_runs_and_what_is_wanted(
    state: Path, last: str, forced: str, lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make down RUNTIME=compose` still has to stop a native stack, which needs the larger environment."""
    made: list[str] = []
    monkeypatch.setattr("services.setup.environment.ensure_environment", made.append)
    monkeypatch.setattr(sys, "argv", ["setup", "env"])
    if last:
        runtime.remember(state, last)
    if forced:
        monkeypatch.setenv("RUNTIME", forced)
    assert setup.main() == 0
    assert made == [lock]
