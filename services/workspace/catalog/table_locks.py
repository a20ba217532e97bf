"""Locks on table names between the processes of notebooks: a writer's lock ends with its process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO

from services.settings import Settings


@contextmanager
def shared_write_lock(settings: Settings, name: str) -> Iterator[None]:
    """Meanwhile no session gives the name to what lies on disk; others may write to the table too."""
    with _file(settings, name) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def try_exclusive_lock(settings: Settings, name: str) -> Iterator[bool]:
    """Whether nobody writes to the table; meanwhile nobody begins to. One session at a time may ask."""
    with _file(settings, name) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _file(settings: Settings, name: str) -> Iterator[IO[bytes]]:
    """Names come in every length and with every character, so the file is called by a hash."""
    folder = settings.workspace_state / "table_locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / sha256(name.encode()).hexdigest()[:16]).open("wb") as handle:
        yield handle
