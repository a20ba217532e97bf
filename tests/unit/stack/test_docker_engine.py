from pathlib import Path

import pytest

from services.checkout import docker_engine
from services.checkout.docker_engine import MEMORY, problem, warning


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder of the PATH; empty."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def _docker(folder: Path, *, info: str, compose: str = "echo 2.40.3") -> None:
    """A `docker` command that answers the two questions with these lines of a shell."""
    command = folder / "docker"
    command.write_text(f'#!/bin/sh\ncase "$1" in info) {info};; *) {compose};; esac\n')
    command.chmod(0o755)


_COMPLAINTS = {
    "permission": "permission denied while trying to connect to the Docker daemon socket",
    "daemon": "Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?",
}


def test_docker_that_answers_is_no_problem(path: Path) -> None:
    """Enough memory, a new engine, a new plugin; distributions add to the versions."""
    _docker(path, info="echo 28.5.2+dfsg4 8000000000", compose="echo v2.40.3-3")
    assert problem() is None


def test_no_docker_command_is_told(path: Path) -> None:
    """What to install is named."""
    assert "no `docker` command" in str(problem())


def test_a_daemon_that_does_not_run_is_to_be_started(path: Path) -> None:
    """Docker's own words are quoted, and nothing can be started with it."""
    _docker(path, info=f"echo '{_COMPLAINTS['daemon']}' >&2; exit 1")
    found = problem()
    assert found is not None
    assert found.final
    assert "unix:///x.sock" in found.text
    assert "Start it" in found.remedy


def test_a_socket_of_others_is_a_matter_of_the_group(path: Path) -> None:
    """The remedy is the docker group."""
    _docker(path, info=f"echo '{_COMPLAINTS['permission']}' >&2; exit 1")
    assert "usermod -aG docker" in str(problem())


def test_little_memory_is_told_with_where_to_give_more(path: Path) -> None:
    """Those who insist may try."""
    _docker(path, info=f"echo 28.5.2 {MEMORY - 1}")
    found = problem()
    assert found is not None
    assert not found.final
    assert "Settings → Resources" in found.remedy


def test_an_old_engine_is_told(path: Path) -> None:
    """An engine that does not know every part of the file is not taken by itself."""
    _docker(path, info="echo 24.0.7 8000000000")
    assert "engine is 24.0.7" in str(problem())


def test_no_compose_plugin_is_told(path: Path) -> None:
    """`docker` alone is not enough."""
    _docker(path, info="echo 28.5.2 8000000000", compose="exit 125")
    assert "no Compose plugin" in str(problem())


def test_an_old_compose_plugin_is_told_with_its_version(path: Path) -> None:
    """2.9 is older than 2.20, though its text is not."""
    _docker(path, info="echo 28.5.2 8000000000", compose="echo v2.9.0")
    assert "Compose is v2.9.0" in str(problem())


def test_a_daemon_that_hangs_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice of the runtime does not hang with it."""
    monkeypatch.setattr(docker_engine, "_TIMEOUT_SECONDS", 0.2)
    _docker(path, info="exec /bin/sleep 60")
    assert "no answer within" in str(problem())


@pytest.mark.parametrize("info", ["27.5.1 Debian GNU/Linux 12 (bookworm)", "25.0.0 Alpine Linux"])
def test_an_engine_that_opens_the_loopback_to_the_network_is_warned_of(
    path: Path, info: str
) -> None:
    """With its version, and what to do."""
    _docker(path, info=f"echo '{info}'")
    assert f"engine is {info.split(maxsplit=1)[0]}." in warning()
    assert "Update it to 28" in warning()


@pytest.mark.parametrize(
    "info",
    ["28.0.0 Debian GNU/Linux 12", "29.1.3 Arch Linux", "27.3.1 Docker Desktop", "5.4.2 fedora"],
)
def test_other_engines_are_not_warned_of(path: Path, info: str) -> None:
    """New ones; Docker Desktop, whose engine is in a machine of its own; Podman, which has other numbers."""
    _docker(path, info=f"echo '{info}'")
    assert warning() == ""


def test_an_engine_that_does_not_answer_is_not_warned_of(path: Path) -> None:
    """That is another command's trouble."""
    _docker(path, info="exit 1")
    assert warning() == ""
