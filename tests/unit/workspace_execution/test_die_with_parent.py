import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from services.workspace.execution.user_process import DIE_WITH_PARENT
from tests.support.polling import eventually

_ENDLESS = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
with open(sys.argv[1] + ".new", "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.replace(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""
_PARENT = """
import subprocess, sys
subprocess.Popen(sys.argv[1:], start_new_session=True).wait()
"""


def test_a_process_ends_with_its_parent_and_takes_its_children_along(tmp_path: Path) -> None:
    """However the parent ended; the folder that it was given goes too."""
    (tmp_path / "endless.py").write_text(_ENDLESS)
    folder, told = tmp_path / "folder", tmp_path / "pids"
    folder.mkdir()
    command = [*DIE_WITH_PARENT, str(folder), "endless", str(told)]
    path = os.pathsep.join((str(tmp_path), *sys.path))
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, *command], env={**os.environ, "PYTHONPATH": path}
    )
    pids = eventually("the processes", lambda: told.read_text().split() if told.exists() else [])
    assert all(psutil.pid_exists(int(pid)) for pid in pids)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    eventually("their end", lambda: not any(_runs(int(pid)) for pid in pids))
    assert not folder.exists()


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
