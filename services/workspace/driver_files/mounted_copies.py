"""Local copies of what is mounted into DBFS, as far as a process has asked for it; the storage is asked every time."""

import atexit
import errno
import os
import posixpath
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO

from botocore.exceptions import BotoCoreError, ClientError

from services.files import is_locked, lock, private_folder
from services.settings import Settings
from services.workspace.storage.copying import copy
from services.workspace.storage.dbfs_paths import PathError
from services.workspace.storage.file_store import FileEntry, files_below
from services.workspace.storage.resolver import StorageLocation, StorageResolver

_LOCK = "lock"


class MountedCopies:
    """A folder of this process' own, laid out as DBFS is: a file not yet read is there with its size and no bytes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._written: set[str] = set()
        self._held: IO[bytes] | None = None
        self.known_root = ""

    def fetch_entry(self, dbfs: str) -> str:
        """Let the copy have a file or folder exactly when the storage has it; where it is, or would be."""
        with _told():
            return str(self._fetch_entry(dbfs))

    def fetch_names(self, dbfs: str) -> str:
        """Let the copy of a folder hold what the storage's holds."""
        with _told():
            place = self._fetch_entry(dbfs)
            if place.is_dir():
                entries = self._location(dbfs).store.children(dbfs)
                wanted = {entry.name: entry for entry in entries}
                for name in {*os.listdir(place)} - {*wanted}:
                    self._set(posixpath.join(dbfs, name), None)
                for name, entry in wanted.items():
                    self._set(posixpath.join(dbfs, name), entry)
            return str(place)

    def fetch_content(self, dbfs: str) -> str:
        """Let the copy have a file's bytes, or those of all files in a folder."""
        with _told():
            place = self._fetch_entry(dbfs)
            if place.is_dir():
                names = list(files_below(self._location(dbfs).store, dbfs))
                _remove(place)
                place.mkdir()
                for name in names:
                    self._fetch_file(posixpath.join(dbfs, name))
            elif place.exists() and dbfs not in self._written:
                self._fetch_file(dbfs)
            return str(place)

    def begin_write(self, dbfs: str) -> None:
        """From now on the copy is newer than the storage, until it is uploaded."""
        self._written.add(dbfs)

    def upload(self, dbfs: str) -> None:
        """Let the storage have the copy of a file."""
        self._written.discard(dbfs)
        with _told(), self._place(dbfs).open("rb") as content:
            location = self._location(dbfs)
            location.store.write(location.path, content)

    def make_folder(self, dbfs: str) -> None:
        with _told():
            self._location(dbfs).store.make_folder(dbfs)

    def remove(self, dbfs: str) -> None:
        """Remove a file or folder from the storage, and its copy."""
        with _told():
            self._location(dbfs).store.remove(dbfs)
            _remove(self._place(dbfs))

    def move(self, source: str, target: str) -> None:
        """Move a file or folder within DBFS, whatever is mounted where.

        Raises:
            OSError: there is no source, or a folder has the target's name.
        """
        with _told():
            origin, goal = self._location(source), self._location(target)
            entry, present = origin.entry(), goal.entry()
            if entry is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source)
            if present and present.folder:
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
            copy(origin, goal, recurse=True)
            origin.store.remove(source)

    def _location(self, dbfs: str) -> StorageLocation:
        return self._storage.find(f"dbfs:{dbfs}")

    def _fetch_entry(self, dbfs: str) -> Path:
        place = self._place(dbfs)
        if dbfs in self._written:
            return place
        entry = self._location(dbfs).entry()
        if entry is None and dbfs != "/":
            above = posixpath.dirname(dbfs)
            self._set(above, self._location(above).entry())
        self._set(dbfs, entry)
        return place

    def _set(self, dbfs: str, entry: FileEntry | None) -> None:
        place = self._place(dbfs)
        if dbfs in self._written:
            return
        if entry is None or entry.folder != place.is_dir():
            _remove(place)
        if entry and entry.folder:
            private_folder(place)
        elif entry:
            private_folder(place.parent)
            place.touch()
            os.truncate(place, entry.size)
            os.utime(place, ns=(entry.modified * 1_000_000,) * 2)

    def _fetch_file(self, dbfs: str) -> None:
        location, place = self._location(dbfs), self._place(dbfs)
        entry = location.require()
        private_folder(place.parent)
        with location.store.read(dbfs) as content, place.open("wb") as file:
            shutil.copyfileobj(content, file)
        os.utime(place, ns=(entry.modified * 1_000_000,) * 2)

    def _place(self, dbfs: str) -> Path:
        return self._root / dbfs.lstrip("/")

    @cached_property
    def _storage(self) -> StorageResolver:
        return StorageResolver(self._settings)

    @cached_property
    def _root(self) -> Path:
        """A new folder, removed at the process' end; those of processes that were killed are removed by the way."""
        folders = private_folder(self._settings.workspace_state.resolve() / "mounted")
        with lock(folders / f".{_LOCK}"):
            for old in folders.glob("*/"):
                if not (old / _LOCK).exists() or not is_locked(old / _LOCK):
                    shutil.rmtree(old, ignore_errors=True)
            own = Path(tempfile.mkdtemp(dir=folders))
            self._held = lock(own / _LOCK)
        atexit.register(_remove_own, own, os.getpid())
        root = private_folder(own / "dbfs")
        self.known_root = str(root)
        return root


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _remove_own(folder: Path, process: int) -> None:
    """Not by a child, which has come by the same registration."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told() -> Iterator[None]:
    """Let what S3 says come as an error of files."""
    try:
        yield
    except (ClientError, BotoCoreError, PathError) as error:
        raise OSError(errno.EIO, str(error)) from None
