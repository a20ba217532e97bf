"""Another user of this machine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_NOBODY = "65534"


def run_as_another(folder: Path, *command: str) -> str:
    """What a command of another user's prints, errors included.

    It begins within the folder, though other users could not come there by its path: a test's folders lie below one
    that is closed to them.
    """
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become another user, by setpriv")
    become = ("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--")
    done = subprocess.run(
        [*become, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={"PATH": os.defpath},
    )
    return done.stdout
