"""The interface of all file stores: DBFS, S3 and the local disk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from services.workspace.storage.dbfs_paths import require_name


@dataclass(frozen=True)
class FileEntry:
    """A file or folder.

    Attributes:
        size: Bytes; 0 of a folder.
        modified: Milliseconds since 1970; 0 where nobody knows, as of a folder of S3.
    """

    name: str
    folder: bool
    size: int = 0
    modified: int = 0


class FileStore(Protocol):
    """Files by path: absolute, `/` between the parts, normalised (services.workspace.storage.dbfs_paths)."""

    def find(self, path: str) -> FileEntry | None:
        """What is there; None when nothing is."""
        ...

    def uri(self, path: str) -> str:
        """The same URI for every path to the same file or folder, whichever store is asked."""
        ...

    def children(self, path: str) -> list[FileEntry]:
        """What lies directly in a folder, by name."""
        ...

    def read(self, path: str) -> BinaryIO:
        """A file's bytes, to be closed by the caller."""
        ...

    def write(self, path: str, content: BinaryIO) -> None:
        """Write a file, and the folders above it; all or nothing."""
        ...

    def make_folder(self, path: str) -> None:
        """Make a folder, and those above it; nothing happens when it is there."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        ...


def files_below(store: FileStore, path: str) -> Iterator[str]:
    """Paths of all files below a folder, relative to it; none of them leads out.

    Raises:
        PathError: an object's key does.
    """
    for entry in store.children(path):
        require_name(entry.name, store.uri(path))
        if entry.folder:
            inner = files_below(store, f"{path.rstrip('/')}/{entry.name}")
            yield from (f"{entry.name}/{rest}" for rest in inner)
        else:
            yield entry.name
