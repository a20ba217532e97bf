import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.settings import PROJECT_ROOT
from services.stack.compose.jobs.job import ContainerJob, run_job
from services.stack.compose.project import Project
from tests.support.polling import eventually


def _environment(state: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "STATE_DIR": str(state),
        "ENV_FILE": str(state / ".env"),
        "RUNTIME": "native",
        **more,
    }


def _run(state: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.stack.run", *arguments],
        env=_environment(state, **more),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_native_module_runs_in_the_very_process(tmp_path: Path) -> None:
    """Its output, its exit code and its usage are those of `python -m`."""
    answer = _run(tmp_path, "services.posting", "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith("usage: python -m services.posting")
    assert _run(tmp_path, "services.posting", "nowhere").returncode == 2


def test_nothing_is_imported_before_the_module(tmp_path: Path) -> None:
    """A second start of the libraries would double what every command takes."""
    (tmp_path / "spy.py").write_text(
        "import sys; print([n for n in ('pydantic', 'rich', 'psutil') if n in sys.modules])"
    )
    answer = _run(tmp_path, "spy", PYTHONPATH=str(tmp_path))
    assert answer.stdout == "[]\n"


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_no_module_is_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    """The exit code is 2."""
    assert _run(tmp_path, *arguments).returncode == 2


def test_a_module_of_a_compose_stack_that_is_down_is_refused(tmp_path: Path) -> None:
    """At once, with what starts it."""
    docker = _fake_docker(tmp_path, "exit 0")
    (tmp_path / "runtime").write_text("compose")
    answer = _run(tmp_path, "services.posting", "batch", RUNTIME="", PATH=str(docker))
    assert answer.returncode == 1
    assert "The stack is down. `make up` starts it." in answer.stderr


def _fake_docker(folder: Path, script: str) -> Path:
    """A folder with a `docker` that notes its arguments, and then does what the script says."""
    place = folder / "bin"
    place.mkdir()
    command = place / "docker"
    command.write_text(f'#!/bin/bash\necho "$@" >> {folder}/calls\n{script}\n')
    command.chmod(0o755)
    return place


def _project(folder: Path) -> Project:
    return Project("pincloud-test", folder, folder / ".env")


def test_a_job_is_a_container_that_goes_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removed at its end, without a terminal where none is, without starting anything else; its exit code is ours."""
    place = _fake_docker(tmp_path, "exit 7")
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "77")
    job = ContainerJob("posting", ["services.source", "load"], ["/x:/data/x:ro"])
    assert run_job(_project(tmp_path), job) == 7
    call = (tmp_path / "calls").read_text()
    for option in ("--rm", "--no-deps", "--no-TTY", "--volume=/x:/data/x:ro", "--env=COLUMNS"):
        assert option in call
    assert call.endswith("posting services.source load\n")


def test_a_jobs_signals_reach_its_container(tmp_path: Path) -> None:
    """`docker compose run` does not see them; the container is told, and what it then returns is the exit code."""
    script = f"""case "$1" in
      kill) touch {tmp_path}/told;;
      *) touch {tmp_path}/runs; until [ -e {tmp_path}/told ]; do sleep 0.05; done; exit 143;;
    esac"""
    place = _fake_docker(tmp_path, script)
    code = (
        "import sys; from pathlib import Path; from services.stack.compose.jobs.job import ContainerJob, run_job; "
        "from services.stack.compose.project import Project; p = Path(sys.argv[1]); "
        "sys.exit(run_job(Project('pincloud-test', p, p / '.env'), ContainerJob('posting', ['services.posting'])))"
    )
    environment = {**os.environ, "PATH": f"{place}:{os.environ['PATH']}"}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT_ROOT, env=environment
    ) as process:
        eventually("the container", (tmp_path / "runs").exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143
    kills = [line for line in (tmp_path / "calls").read_text().splitlines() if "kill" in line]
    assert kills == [f"kill --signal=15 pincloud-test-posting-{process.pid}"]
