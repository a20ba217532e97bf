"""`dbutils.fs`, its calls of files: ls, head, put, mkdirs, rm, cp, mv."""

from io import BytesIO
from typing import NamedTuple

from services.workspace.kernel.dbutils.fs_call import aliases, execution_errors
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.streaming.notebook_queries import running_checkpoints
from services.workspace.storage.copying import copy
from services.workspace.storage.dbfs_paths import Address, PathError
from services.workspace.storage.file_store import FileEntry
from services.workspace.storage.resolver import StorageLocation, StorageResolver


class FileInfo(NamedTuple):
    """A row of `ls`.

    Attributes:
        path: The whole path, with `dbfs:` before it; of a folder with `/` at its end, as its name is.
        modificationTime: Milliseconds since 1970.
    """

    path: str
    name: str
    size: int
    modificationTime: int

    def isDir(self) -> bool:
        return self.path.endswith("/")

    def isFile(self) -> bool:
        return not self.isDir()


class FileUtils:
    """Files of DBFS, of the local S3 and of this machine's disk; below a mount point, those of its bucket."""

    def __init__(self, places: StorageResolver) -> None:
        self._places = places

    @execution_errors
    @aliases(dir="path")
    def ls(self, path: str) -> list[FileInfo]:
        """What lies in a folder; of a file, the file itself."""
        place = self._places.find(path)
        entry = place.require()
        if not entry.folder:
            return [_info(place.address, entry)]
        return [
            _info(place.address.child(child.name), child)
            for child in place.store.children(place.path)
        ]

    @execution_errors
    @aliases(maxBytes="max_bytes")
    def head(self, file: str, max_bytes: int = 65536) -> str:
        """The beginning of a file, as text."""
        place, max_bytes = self._places.find(file), int(max_bytes)
        if place.require().folder:
            raise PathError(f"Cannot head a directory: {place.address}")
        with place.store.read(place.path) as content:
            read = content.read(max_bytes + 1)
        if len(read) > max_bytes:
            print_line(f"[Truncated to first {max_bytes} bytes]")
        return read[:max_bytes].decode("utf-8", errors="replace")

    @execution_errors
    def put(self, file: str, contents: str, overwrite: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Write a text file."""
        place, content = self._places.find(file), contents.encode()
        entry = place.entry()
        if entry and (entry.folder or not overwrite):
            raise FileExistsError(f"{place.address} already exists{_overwrite_hint(entry)}")
        place.store.write(place.path, BytesIO(content))
        print_line(f"Wrote {len(content)} bytes.")
        return True

    @execution_errors
    @aliases(dir="path")
    def mkdirs(self, path: str) -> bool:
        """Make a folder and those above it."""
        place = self._places.find(path)
        entry = place.entry()
        if entry and not entry.folder:
            raise FileExistsError(f"{place.address} is a file")
        place.store.make_folder(place.path)
        return True

    @execution_errors
    @aliases(dir="path")
    def rm(self, path: str, recurse: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Remove a file or folder; False when nothing was there.

        A stream that keeps its checkpoint there is stopped first: notebooks of the course begin by deleting
        the checkpoints, and go on to start the streams anew.
        """
        place = self._places.find(path)
        if place.path == "/":
            raise PathError(f"Cannot delete the root {place.address}")
        entry = place.entry()
        if entry is None:
            return False
        if entry.folder and not recurse and place.store.children(place.path):
            raise PathError(f"{place.address} is a non-empty directory. Use recurse=True")
        self._stop_streams(place)
        place.store.remove(place.path)
        return True

    @execution_errors
    @aliases(source="origin", from_="origin", dest="to")
    def cp(self, origin: str, to: str, recurse: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Copy a file, or what lies in a folder; between any two kinds of storage."""
        copy(self._places.find(origin), self._places.find(to), recurse=recurse)
        return True

    @execution_errors
    @aliases(source="origin", from_="origin", dest="to")
    def mv(self, origin: str, to: str, recurse: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Copy, then remove what was copied."""
        source = self._places.find(origin)
        if copy(source, self._places.find(to), recurse=recurse):
            source.store.remove(source.path)
        return True

    def _stop_streams(self, place: StorageLocation) -> None:
        for folder, query in running_checkpoints().items():
            if f"{self._places.find(folder).uri}/".startswith(f"{place.uri}/"):
                query.stop()
                print_line(
                    f"The stream with its checkpoint in {folder} was stopped, since that folder is deleted."
                )


def _info(address: Address, entry: FileEntry) -> FileInfo:
    slash = "/" if entry.folder else ""
    return FileInfo(f"{address}{slash}", f"{entry.name}{slash}", entry.size, entry.modified)


def _overwrite_hint(entry: FileEntry) -> str:
    return ", and is a directory" if entry.folder else ". Use overwrite=True to replace it"
