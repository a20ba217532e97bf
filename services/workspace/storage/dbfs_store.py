"""DBFS: a local folder, with S3 mounted into it."""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from services.workspace.storage.dbfs_paths import PathError
from services.workspace.storage.file_store import FileEntry, FileStore


class DbfsStore:
    """One tree out of several; a mount covers whatever the folder has at its place.

    Args:
        root: What no mount covers.
        mounts: Mount point → source, asked for in every call: another notebook may mount meanwhile.
        open_source: Makes the store of a mount's source.
    """

    def __init__(
        self,
        root: FileStore,
        mounts: Callable[[], Mapping[str, str]],
        open_source: Callable[[str], FileStore],
    ) -> None:
        self._root = root
        self._mounts = mounts
        self._open = open_source

    def find(self, path: str) -> FileEntry | None:
        store, inner = self._at(path)
        found = store.find(inner)
        if found or not self._mounted_below(path):
            return found
        return FileEntry(_name(path), folder=True)

    def uri(self, path: str) -> str:
        store, inner = self._at(path)
        return store.uri(inner)

    def children(self, path: str) -> list[FileEntry]:
        store, inner = self._at(path)
        entry = store.find(inner)
        entries = {e.name: e for e in store.children(inner)} if entry and entry.folder else {}
        top = path.rstrip("/") + "/"
        for point in self._mounted_below(path):
            name = point.removeprefix(top).partition("/")[0]
            entries[name] = FileEntry(name, folder=True)
        return [entries[name] for name in sorted(entries)]

    def read(self, path: str) -> BinaryIO:
        store, inner = self._at(path)
        return store.read(inner)

    def write(self, path: str, content: BinaryIO) -> None:
        store, inner = self._at(path)
        store.write(inner, content)

    def make_folder(self, path: str) -> None:
        store, inner = self._at(path)
        store.make_folder(inner)

    def remove(self, path: str) -> None:
        """Remove a file or a folder.

        Raises:
            PathError: a mount would go with it; what is mounted is never removed that way.
        """
        mounted = [
            point for point in self._mounts() if f"{point}/".startswith(path.rstrip("/") + "/")
        ]
        if mounted:
            raise PathError(
                f"dbfs:{path} holds the mount {mounted[0]}. Unmount it first: dbutils.fs.unmount({mounted[0]!r})"
            )
        store, inner = self._at(path)
        store.remove(inner)

    def _at(self, path: str) -> tuple[FileStore, str]:
        for point, source in self._mounts().items():
            if path == point or path.startswith(f"{point}/"):
                return self._open(source), path.removeprefix(point) or "/"
        return self._root, path

    def _mounted_below(self, path: str) -> list[str]:
        return [point for point in self._mounts() if point.startswith(path.rstrip("/") + "/")]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
