"""Files that processes share or that must outlive a loss of power: replaced in one step, synced, locked.

Standard library only.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def replacing(file: Path, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """A new content for a file: readers find the old one or the new one, whole, also after a loss of power.

    File and folder are on the disk (fsync) when the block ends; an error in it leaves the old content and nothing else.

    Args:
        file: Its folder is made when it is missing, for this user alone.
        mode: Permissions of the new file.

    Raises:
        OSError: the disk is full, or fails.
    """
    make_folder(file.parent)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".new")
    scratch = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            yield handle
            handle.flush()
            os.fchmod(handle.fileno(), mode)
            os.fsync(handle.fileno())
        scratch.replace(file)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def replace(file: Path, content: bytes) -> None:
    """Replace a file's whole content as `replacing` does; only its owner can read it (mode 600)."""
    with replacing(file) as handle:
        handle.write(content)


def write_private(file: Path, text: str) -> None:
    """Replace a file's text as `replacing` does; only its owner can read it (mode 600).

    What is no text in UTF-8, such as half of a surrogate pair in a notebook's output, becomes a question mark.
    """
    replace(file, text.encode("utf-8", errors="replace"))


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, so that each outlives a loss of power; one that is there is left as it is.

    They are this user's alone (mode 700).

    Raises:
        OSError: the disk is full, or fails, or something else has the name.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make what was made, renamed or deleted in the folder outlive a loss of power (fsync).

    Raises:
        OSError: the disk fails.
    """
    sync_file(folder)


def sync_file(file: Path) -> None:
    """Make a file's content, whoever wrote it, outlive a loss of power (fsync).

    Raises:
        OSError: there is no such file, or the disk fails.
    """
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_data(descriptor: int) -> None:
    """Make what was written to an open file outlive a loss of power (fdatasync).

    Raises:
        OSError: the disk fails.
    """
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def rename_filled(scratch: Path, folder: Path) -> None:
    """Give a folder that was filled its name: with all that is in it, or not at all, also after a loss of power.

    Everything that this machine has not written yet is written (sync), which may take seconds.

    Raises:
        OSError: the disk fails, or something else has the name.
    """
    os.sync()
    scratch.rename(folder)
    sync_folder(folder.parent)


def lock(file: Path, *, shared: bool = False, wait: bool = True) -> IO[bytes]:
    """Lock a file, which is made when it is missing; closing the result unlocks it, and so does the process's end.

    Args:
        file: Only for locking, or for a text about the holder: it is never replaced while it serves as a lock.
        shared: Together with other shared locks, but no exclusive one.
        wait: Until the lock can be had.

    Raises:
        BlockingIOError: another process (or another handle of this one) has the lock, and `wait` is off.
    """
    private_folder(file.parent)
    handle = os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    try:
        _flock(handle, shared=shared, wait=wait)
    except BaseException:
        handle.close()
        raise
    return handle


def lock_beside(file: Path) -> IO[bytes]:
    """Wait for the lock of a file that is itself replaced while it is held: `.<name>.lock` in the same folder."""
    return lock(file.with_name(f".{file.name}.lock"))


def is_locked(file: Path) -> bool:
    """Whether a process holds the exclusive lock of a file.

    Raises:
        FileNotFoundError: there is no such file.
    """
    with file.open("rb") as handle:
        try:
            _flock(handle, shared=True, wait=False)
        except BlockingIOError:
            return True
    return False


def lock_open(handle: IO[bytes], *, wait: bool = True) -> None:
    """Lock an open file against all others; closing it unlocks it, and so does the process's end.

    Raises:
        BlockingIOError: another handle has the lock, and `wait` is off.
    """
    _flock(handle, shared=False, wait=wait)


def _flock(handle: IO[bytes], *, shared: bool, wait: bool) -> None:
    if sys.platform != "win32":  # which has no such locks
        import fcntl  # noqa: PLC0415

        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(handle, kind if wait else kind | fcntl.LOCK_NB)


def private_folder(folder: Path) -> Path:
    """Make a folder, and those above it that are missing, for this user alone (mode 700), without any sync."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    return folder


def close_to_others(place: Path) -> bool:
    """Take every right on a file or folder of this user's from group and others; False when they had none.

    Raises:
        OSError: the file system does not let it.
    """
    status = place.stat()
    if status.st_uid != os.geteuid() or not status.st_mode & 0o077:
        return False
    place.chmod(status.st_mode & 0o700)
    return True
