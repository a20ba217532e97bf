"""`python -m services.workspace.execution.die_with_parent <folder> <module> [argument …]`: ends with its parent.

Users' code runs in processes of their own; when the workspace is killed, nobody is left to end them. So each watches
for that itself, and takes along all that it started, and the folder that it was given.
"""

import os
import runpy
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence

_SECONDS_BETWEEN_LOOKS = 0.5


def main(argv: Sequence[str]) -> None:
    """Run the module as `python -m` would."""
    folder, module = argv[:2]
    guard = threading.Thread(target=_end_with_parent, args=(os.getppid(), folder), daemon=True)
    guard.start()
    sys.argv = list(argv[1:])
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_parent(parent: int, folder: str) -> None:
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
