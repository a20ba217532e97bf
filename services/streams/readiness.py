"""The streaming application's word to the stack: a lock while it streams, an exit code when it never will.

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
    """The file that the application locks while it streams."""
    return state_dir / "run" / "speed.lock"


@contextmanager
def streaming(state_dir: Path) -> Iterator[None]:
    """Hold the lock while the block runs."""
    file = readiness_lock(state_dir)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_streaming(state_dir: Path) -> bool:
    """Whether a process holds the lock now."""
    try:
        with readiness_lock(state_dir).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
