"""The streaming application's word to the stack: a lock while it streams, an exit code when it never will.

The lock is held from when all queries run to the application's end, and goes with the process however that ends;
it also holds between containers that share the folder, where a process number would say nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.files import is_locked, lock

REFUSED = 78
"""Exit code of the application when another start would not help (EX_CONFIG of sysexits.h)."""


def readiness_lock(state_dir: Path) -> Path:
    """The file that the application locks while it streams."""
    return state_dir / "run" / "speed.lock"


@contextmanager
def streaming(state_dir: Path) -> Iterator[None]:
    """Hold the lock while the block runs."""
    with lock(readiness_lock(state_dir)):
        yield


def is_streaming(state_dir: Path) -> bool:
    """Whether a process holds the lock now."""
    try:
        return is_locked(readiness_lock(state_dir))
    except FileNotFoundError:
        return False
