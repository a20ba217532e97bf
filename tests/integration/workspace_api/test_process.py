"""The workspace as a process: signals, ports, its state folder, its command line."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from services.free_ports import free_port
from services.settings import HOST, PROJECT_ROOT
from tests.support.polling import eventually
from tests.support.workspace_api import TOKEN
from tests.support.workspace_process import WorkspaceProcess, served


def _scripted(port: int, folder: Path) -> contextlib.AbstractContextManager[WorkspaceProcess]:
    """A workspace whose notebooks are only words."""
    command = [sys.executable, "-m", "tests.support.workspace_api", str(port), str(folder)]
    return served(command, port, TOKEN)


def _running(workspace: WorkspaceProcess, run_id: int) -> bool:
    return bool(workspace.run(run_id)["state"]["life_cycle_state"] == "RUNNING")


def test_after_its_end_a_new_one_tells_what_became_of_the_runs(tmp_path: Path) -> None:
    """Asked to go it exits with 0, whatever runs; what was cut off is told, new runs are taken."""
    port = free_port()
    with _scripted(port, tmp_path) as first:
        run_id = first.submit("/wait")
        eventually("the run to begin", lambda: _running(first, run_id))
        assert first.end(signal.SIGTERM) == 0
    with _scripted(port, tmp_path) as second:
        state = second.ended(run_id)
        assert state["life_cycle_state"] == "INTERNAL_ERROR"
        assert state["state_message"].startswith("the workspace stopped")
        assert second.ended(second.submit("/ok"))["result_state"] == "SUCCESS"


def test_two_workspaces_share_neither_a_port_nor_a_state_folder(tmp_path: Path) -> None:
    """The second one would take the first one's kernels for leftovers."""
    port = free_port()
    with _scripted(port, tmp_path / "one"):
        with _scripted(port, tmp_path / "two") as same_port:
            assert b"Address already in use" in same_port.process.communicate(timeout=20)[1]
        with _scripted(free_port(), tmp_path / "one") as same_folder:
            assert b"BlockingIOError" in same_folder.process.communicate(timeout=20)[1]


def _command(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m services.workspace` to its end."""
    clean = {"PATH": os.environ["PATH"], "ENV_FILE": str(folder / "none"), **environment}
    return subprocess.run(
        [sys.executable, "-m", "services.workspace", *arguments],
        env={**clean, "STATE_DIR": str(folder)},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_says_what_is_in_its_way(tmp_path: Path) -> None:
    """Exit code 1 without a token or a port, 2 for wrong usage, 0 for help."""
    without = _command(tmp_path)
    assert without.returncode == 1
    assert "WORKSPACE_TOKEN is not set" in without.stderr
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = _command(tmp_path, "--port", port, WORKSPACE_TOKEN="x")
    assert refused.returncode == 1
    assert f"port {port} of {HOST} is taken" in refused.stderr
    assert _command(tmp_path, "--no-such-option").returncode == 2
    assert "WORKSPACE_PORT" in _command(tmp_path, "--help").stdout
