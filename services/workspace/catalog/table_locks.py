"""Locks on table names between the processes of notebooks: a writer's lock ends with its process."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from services.files import lock
from services.settings import Settings


@contextmanager
def shared_write_lock(settings: Settings, name: str) -> Iterator[None]:
    """Meanwhile no session gives the name to what lies on disk; others may write to the table too."""
    with lock(_file(settings, name), shared=True):
        yield


@contextmanager
def try_exclusive_lock(settings: Settings, name: str) -> Iterator[bool]:
    """Whether nobody writes to the table; meanwhile nobody begins to. One session at a time may ask."""
    try:
        held = lock(_file(settings, name), wait=False)
    except BlockingIOError:
        yield False
    else:
        with held:
            yield True


def _file(settings: Settings, name: str) -> Path:
    """Names come in every length and with every character, so the file is called by a hash."""
    return settings.workspace_state / "table_locks" / sha256(name.encode()).hexdigest()[:16]
