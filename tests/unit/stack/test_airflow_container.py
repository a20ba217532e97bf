"""What a container of Airflow does before it becomes Airflow: `airflow/container/become`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from services.settings import PROJECT_ROOT

AIRFLOW = '#!/bin/bash\nprintf "%s|" "$PWD" "$NAME" "$NEW" "${@:4}"\n'
"""In the place of Python: shows where it is, two variables, and the component with its arguments."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The image's folder, with an Airflow that tells how it was started."""
    shutil.copy(PROJECT_ROOT / "airflow" / "container" / "become", tmp_path / "become")
    (tmp_path / "venv/bin").mkdir(parents=True)
    python = tmp_path / "venv/bin/python"
    python.write_text(AIRFLOW)
    python.chmod(0o755)
    (tmp_path / "startup").mkdir()
    (tmp_path / "airflow_passwords").write_text("{}")
    (tmp_path / "airflow_passwords").chmod(0o444)
    (tmp_path / "airflow_environment").write_text(
        f"export NAME='a b'\nexport AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE={tmp_path}/copy\n"
    )
    return tmp_path


def become(folder: Path, *arguments: str, startup: str | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors of a component."""
    if startup is not None:
        (folder / "startup/startup.sh").write_text(startup)
    done = subprocess.run(
        ["bash", str(folder / "become"), *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "VIRTUAL_ENV": str(folder / "venv"),
            "SECRETS_DIR": str(folder),
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_without_a_script_a_component_has_its_configuration(folder: Path) -> None:
    """And the arguments as they were given, in the image's folder."""
    code, said, _ = become(folder, "scheduler", "--skip-serve-logs", "a b")
    assert (code, said) == (0, f"{folder}|a b||scheduler|--skip-serve-logs|a b|")


@pytest.mark.parametrize("ending", ["", "exit\n", "exit 0\n"])
def test_what_the_script_exports_reaches_airflow(folder: Path, ending: str) -> None:
    """Also when it changes the options, the folder or the variables of the shell, or ends with `exit`."""
    script = f"set -eu; cd /; VIRTUAL_ENV=/x; set -- other; export NEW=1 NAME=$NAME+\n{ending}"
    assert become(folder, "scheduler", startup=script)[:2] == (0, f"{folder}|a b+|1|scheduler|")


@pytest.mark.parametrize(("script", "code"), [("exit 3\n", 3), ("export NEW=1\nfalse\n", 1)])
def test_a_script_that_fails_keeps_airflow_from_starting(
    folder: Path, script: str, code: int
) -> None:
    """The error names the file and the exit code."""
    found, said, errors = become(folder, "scheduler", startup=script)
    assert (found, said) == (code, "")
    assert f"startup.sh failed with exit code {code};" in errors


def test_the_api_server_has_passwords_that_it_can_write(folder: Path) -> None:
    """SimpleAuthManager opens the file so; nobody else reads it."""
    assert become(folder, "api-server")[0] == 0
    assert (folder / "copy").stat().st_mode & 0o777 == 0o600


def test_the_other_components_have_no_passwords(folder: Path) -> None:
    """They are not given the file."""
    (folder / "airflow_passwords").unlink()
    assert become(folder, "scheduler")[0] == 0


def test_without_a_configuration_it_says_who_makes_one(folder: Path) -> None:
    """As when Compose is used before the first `make up`."""
    (folder / "airflow_environment").unlink()
    code, said, errors = become(folder, "scheduler")
    assert (code, said) == (1, "")
    assert "`make up` writes it" in errors
