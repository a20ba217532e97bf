"""What the streaming application tells the stack: that it streams, by a lock, and that it never will.

The lock is held from when all queries run to the application's end, and goes with the process however that ends;
it also holds between containers that share the folder, where a process number would say nothing.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REFUSED = 78
"""Exit code of the application when another start would not help (EX_CONFIG of sysexits.h)."""


def readiness_lock(state_dir: Path) -> Path:
    """Where the application of a stack says that it streams."""
    return state_dir / "run" / "speed.lock"


@contextmanager
def streaming(state_dir: Path) -> Iterator[None]:
    """Say so meanwhile."""
    file = readiness_lock(state_dir)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_streaming(state_dir: Path) -> bool:
    """Whether a process says so now."""
    try:
        with readiness_lock(state_dir).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
