from pathlib import Path

import pytest

from services.stack.native.airflow_process.startup import StartupError, after_startup

_BEFORE = {"PATH": "/usr/bin:/bin", "KEPT": "one\ntwo", "GONE": "x"}


def _script(folder: Path, text: str) -> Path:
    file = folder / "startup.sh"
    file.write_text(text)
    return file


def test_without_a_script_the_environment_stays(tmp_path: Path) -> None:
    """There need not be one."""
    assert after_startup(_BEFORE, tmp_path / "startup.sh") == _BEFORE


def test_what_the_script_exports_reaches_airflow(tmp_path: Path) -> None:
    """Also what it unset, and values of several lines; what it did not export stays in the shell."""
    script = _script(tmp_path, "export NEW='a b'\nlocal_only=1\nunset GONE\necho said\n")
    after = after_startup(_BEFORE, script)
    assert after.pop("NEW") == "a b"
    assert after.pop("PWD") == str(tmp_path)
    assert after == {"PATH": "/usr/bin:/bin", "KEPT": "one\ntwo"}


def test_a_script_that_ends_with_exit_has_exported_all_the_same(tmp_path: Path) -> None:
    """`exit 0` at its end is common."""
    assert after_startup(_BEFORE, _script(tmp_path, "export NEW=1\nexit 0\n"))["NEW"] == "1"


def test_a_script_that_fails_keeps_airflow_from_starting(tmp_path: Path) -> None:
    """The error names the file and the exit code."""
    with pytest.raises(StartupError, match=r"startup\.sh failed with exit code 3"):
        after_startup(_BEFORE, _script(tmp_path, "exit 3\n"))


def test_a_last_command_that_fails_is_a_failure(tmp_path: Path) -> None:
    """As in every shell script, the last command's code is the script's."""
    with pytest.raises(StartupError):
        after_startup(_BEFORE, _script(tmp_path, "export NEW=1\nfalse\n"))
