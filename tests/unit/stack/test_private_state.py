"""The state folder is its user's alone."""

import os
from pathlib import Path

import pytest

from services.stack.private_state import close_state, write_privately


def test_an_open_folder_is_closed_and_named_once(tmp_path: Path) -> None:
    """One that is not there yet is closed when it is made."""
    assert close_state(tmp_path / "state") == ""
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o755)
    assert close_state(state).startswith(f"{state} was open to other users")
    assert state.stat().st_mode & 0o777 == 0o700
    assert close_state(state) == ""


@pytest.mark.parametrize(
    ("module", "mode"),
    [
        ("spark_jobs.batch", 0o600),
        ("services.posting", 0o600),
        ("services.reroute", 0o644),
        ("services.workspace.jupyter", 0o644),
    ],
)
def test_only_the_users_own_programs_write_as_the_user_has_it(
    module: str, mode: int, tmp_path: Path
) -> None:
    """A script's files, and notebooks that are saved, may be meant for others."""
    os.umask(0o022)
    write_privately(module)
    (tmp_path / "file").touch()
    assert (tmp_path / "file").stat().st_mode & 0o777 == mode
