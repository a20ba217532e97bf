"""What the streaming application tells the stack: that it streams, in a file, and that it never will.

The file is written when all queries run and removed at the application's end.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

REFUSED = 78
"""Exit code of the application when another start would not help (EX_CONFIG of sysexits.h)."""


def state_file(state_dir: Path) -> Path:
    """Where the application of a stack says that it streams."""
    return state_dir / "run" / "speed.json"


@contextmanager
def streaming(state_dir: Path) -> Iterator[None]:
    """Say so meanwhile."""
    file = state_file(state_dir)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def is_streaming(state_dir: Path) -> bool:
    """Whether the process that said so last is still there."""
    try:
        said = json.loads(state_file(state_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return psutil.pid_exists(int(said["pid"]))
