"""A folder of this machine's disk."""

import posixpath
import shutil
from pathlib import Path
from typing import BinaryIO

from services.files import private_folder, replacing
from services.workspace.storage.file_store import FileEntry

_DISK = Path("/")
_DISK_MODE, _PRIVATE_MODE = 0o644, 0o600


class LocalStore:
    """Files below `root`; normalised paths cannot lead out of it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._is_disk = root == _DISK

    def find(self, path: str) -> FileEntry | None:
        return _entry(self._place(path))

    def uri(self, path: str) -> str:
        return self._place(path).resolve().as_uri()

    def children(self, path: str) -> list[FileEntry]:
        """Entries by name, without files that vanish meanwhile and Hadoop's checksums."""
        names = sorted(self._place(path).iterdir())
        entries = [_entry(name) for name in names if not _is_checksum(name)]
        return [entry for entry in entries if entry]

    def read(self, path: str) -> BinaryIO:
        return self._place(path).open("rb")

    def write(self, path: str, content: BinaryIO) -> None:
        place = self._place(path)
        self.make_folder(posixpath.dirname(path))
        with replacing(place, _DISK_MODE if self._is_disk else _PRIVATE_MODE) as handle:
            shutil.copyfileobj(content, handle)
            place.with_name(f".{place.name}.crc").unlink(missing_ok=True)

    def make_folder(self, path: str) -> None:
        """Make a folder, on this machine's disk with the rights that the user's folders have, else a private one."""
        place = self._place(path)
        if self._is_disk:
            place.mkdir(parents=True, exist_ok=True)
        else:
            private_folder(place)

    def remove(self, path: str) -> None:
        """Remove a file or a folder; what a link points to stays."""
        place = self._place(path)
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()
            place.with_name(f".{place.name}.crc").unlink(missing_ok=True)

    def _place(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def _is_checksum(name: Path) -> bool:
    return name.name.startswith(".") and name.name.endswith(".crc")


def _entry(place: Path) -> FileEntry | None:
    try:
        status = place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    modified = status.st_mtime_ns // 1_000_000
    if place.is_dir():
        return FileEntry(place.name, folder=True, modified=modified)
    return FileEntry(place.name, folder=False, size=status.st_size, modified=modified)
