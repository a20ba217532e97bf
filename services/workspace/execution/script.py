"""`python -m services.workspace.execution.script <file> [argument …]`: a Python file, run as a job's task.

The file finds `SPARK_REMOTE` set, so that `SparkSession.builder.getOrCreate()` is a session of the local cluster.
"""

import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

_SECONDS_BETWEEN_LOOKS = 0.5


def main(argv: Sequence[str]) -> None:
    """Run the file as Python would."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    file = Path(argv[0])
    sys.argv = [str(file), *argv[1:]]
    sys.path[0] = str(file.parent)
    runpy.run_path(str(file), run_name="__main__")


def _end_with_parent(parent: int) -> None:
    """Take the whole process group down when the workspace has died."""
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
