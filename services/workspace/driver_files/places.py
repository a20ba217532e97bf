"""Where a path below `/dbfs` or `/Workspace` leads: to this machine's disk, or to a copy of what is mounted."""

import errno
import os
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from services.files import private_folder
from services.settings import Settings
from services.workspace.driver_files.mounted_copies import MountedCopies
from services.workspace.driver_files.workspace_folders import WorkspaceFolders
from services.workspace.storage.dbfs_paths import PathError, parse
from services.workspace.storage.mounts import Mounts

ROOT = "/dbfs"
WORKSPACE = "/Workspace/"


class Need(Enum):
    """What of a path must be in its local copy before a call: that it is there, its folder's names, its bytes."""

    ENTRY = auto()
    LISTING = auto()
    CONTENT = auto()


class Effect(Enum):
    """What a call leaves behind that the storage must learn of."""

    NONE = auto()
    WRITTEN = auto()
    MADE = auto()
    REMOVED = auto()


@dataclass(frozen=True)
class Place:
    """Where a path leads.

    Attributes:
        written: The path as the caller wrote it.
        dbfs: The same from DBFS' root; empty for a path of the workspace.
        real: On this machine's disk.
        mounted: Whether it is a copy, of something in S3.
    """

    written: Any
    dbfs: str
    real: str
    mounted: bool = False


class DbfsPlaces:
    """One process' view of DBFS; paths elsewhere are none of its business.

    Attributes:
        folder: DBFS on the disk.
        copies: Of what is mounted.
        workspace: The folder of notebooks, which the driver has at `/Workspace`.
        working_folder: Where relative paths start, from DBFS' root; None elsewhere.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder = str(settings.dbfs.resolve())
        self.copies = MountedCopies(settings)
        self.working_folder: str | None = None
        self._has_workspace = os.path.isdir(WORKSPACE)
        self.workspace = WorkspaceFolders(settings.workspace_dir.resolve())
        self._mounts = Mounts(settings)

    def dbfs_path(self, path: Any) -> str | None:
        """The path from DBFS' root; None when it is no path, or one that is not below `/dbfs`."""
        if path is None or isinstance(path, int):
            return None
        text = os.fsdecode(path)
        if not text.startswith("/") and self.working_folder is not None:
            text = posixpath.join(ROOT + self.working_folder, text)
        if not text.startswith((ROOT, f"/{ROOT}")):
            return None
        whole = posixpath.normpath(f"/{text.lstrip('/')}")
        return (whole[len(ROOT) :] or "/") if f"{whole}/".startswith(f"{ROOT}/") else None

    def place(self, path: Any, need: Need = Need.ENTRY) -> Place | None:
        """Where a path leads, with a local copy of what is needed; None outside of DBFS.

        Raises:
            OSError: S3 does not give it.
        """
        dbfs = self.dbfs_path(path)
        if dbfs is None:
            return self._in_workspace(path)
        if self.is_mounted(dbfs):
            return self._copied(path, dbfs, need)
        real = self.folder + dbfs.rstrip("/")
        if self.mounts_below(dbfs):
            private_folder(Path(real))
            if need is Need.LISTING:
                return self._copied(path, dbfs, need)
        return Place(path, dbfs, real)

    def _in_workspace(self, path: Any) -> Place | None:
        if path is None or isinstance(path, int) or self._has_workspace:
            return None
        text = os.fsdecode(path)
        real = self.workspace.real(text) if text.startswith(WORKSPACE) else None
        return Place(path, "", str(real)) if real else None

    def is_mounted(self, dbfs: str) -> bool:
        return any(f"{dbfs}/".startswith(f"{point}/") for point in self._mounts.read())

    def mounts_below(self, dbfs: str) -> list[str]:
        """Mount points that lie in a folder."""
        top = dbfs.rstrip("/") + "/"
        return [point for point in self._mounts.read() if point.startswith(top)]

    def settle(self, place: Place, effect: Effect) -> None:
        """Let the storage have what a call has changed.

        Raises:
            OSError: S3 does not take it.
        """
        if not place.mounted:
            if effect is not Effect.NONE:
                forget_checksum(place.real)
            return
        actions = {
            Effect.WRITTEN: self.copies.upload,
            Effect.MADE: self.copies.make_folder,
            Effect.REMOVED: self.copies.remove,
        }
        if effect in actions:
            actions[effect](place.dbfs)

    def driver_path(self, real: str) -> str:
        """A path of the disk as a notebook knows it."""
        for root in (self.folder, self.copies.known_root):
            if root and f"{real}/".startswith(f"{root}/"):
                return ROOT + real[len(root) :]
        return real

    def _copied(self, path: Any, dbfs: str, need: Need) -> Place:
        with as_written(path):
            fetch = {
                Need.ENTRY: self.copies.fetch_entry,
                Need.LISTING: self.copies.fetch_names,
                Need.CONTENT: self.copies.fetch_content,
            }[need]
            return Place(path, dbfs, fetch(dbfs), mounted=True)


def forget_checksum(real: str) -> None:
    """Remove what Spark noted of a file's former content: it would refuse the new one."""
    folder, name = posixpath.split(real)
    Path(folder, f".{name}.crc").unlink(missing_ok=True)


@contextmanager
def as_written(path: Any, other: Any = None) -> Iterator[None]:
    """Let errors name the paths that the caller wrote, and say what a workspace of this kind does not have."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        error.filename = path
        if other is not None:
            error.filename2 = other
        if error.errno == errno.ENOENT and (reason := _absent(path)):
            error.strerror = f"{error.strerror} ({reason})"
        raise


def _absent(path: Any) -> str:
    text = os.fsdecode(path)
    if not text.startswith(f"{ROOT}/"):
        return ""
    try:
        parse(posixpath.normpath(text).removeprefix(ROOT))
    except PathError as error:
        return str(error)
    return ""
