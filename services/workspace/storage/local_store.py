"""A folder of this machine's disk."""

import shutil
from pathlib import Path
from typing import BinaryIO

from services.files import replacing
from services.workspace.storage.file_store import FileEntry

_MODE = 0o644


class LocalStore:
    """Files below `root`; normalised paths cannot lead out of it."""

    def __init__(self, root: Path) -> None:
        self._root = root

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
        with replacing(place, _MODE) as handle:
            shutil.copyfileobj(content, handle)
            place.with_name(f".{place.name}.crc").unlink(missing_ok=True)

    def make_folder(self, path: str) -> None:
        self._place(path).mkdir(parents=True, exist_ok=True)

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
