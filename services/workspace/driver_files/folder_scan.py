"""`os.scandir` of a folder of DBFS: its entries, under the paths that the caller knows."""

import os
from collections.abc import Iterator
from types import TracebackType
from typing import Any


def visible(name: Any) -> bool:
    """Whether a name is the user's: Spark keeps a checksum beside each file that it writes."""
    text = os.fsdecode(name)
    return not (text.startswith(".") and text.endswith(".crc"))


class ScannedEntry:
    """What `os.DirEntry` is; that class cannot be made."""

    def __init__(self, entry: "os.DirEntry[str]", folder: Any) -> None:
        as_bytes = isinstance(os.fspath(folder), bytes)
        self._entry = entry
        self.name: Any = os.fsencode(entry.name) if as_bytes else entry.name
        self.path: Any = os.path.join(os.fspath(folder), self.name)
        self.is_dir = entry.is_dir
        self.is_file = entry.is_file
        self.is_symlink = entry.is_symlink
        self.stat = entry.stat
        self.inode = entry.inode

    def __fspath__(self) -> Any:
        return self.path

    def is_junction(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"


class FolderScan:
    """Iterates over the entries, and may be closed early, as what `os.scandir` gives."""

    def __init__(self, scan: Any, folder: Any) -> None:
        self._scan = scan
        self._folder = folder

    def __iter__(self) -> Iterator[ScannedEntry]:
        return self

    def __next__(self) -> ScannedEntry:
        return next(ScannedEntry(e, self._folder) for e in self._scan if visible(e.name))

    def __enter__(self) -> "FolderScan":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._scan.close()
