"""`dbutils.fs`, with Databricks' words, answers and errors."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import NamedTuple

from botocore.exceptions import ClientError
from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel.dbutils import fs_help
from services.workspace.kernel.dbutils.execution_error import reported
from services.workspace.kernel.dbutils.spellings import spelled
from services.workspace.kernel.process.notices import say
from services.workspace.kernel.streaming.queries import running_checkpoints
from services.workspace.storage.copying import copy
from services.workspace.storage.dbfs_paths import Address, PathError, parse
from services.workspace.storage.file_store import FileEntry
from services.workspace.storage.mounts import LINK, Mounts, advice, links, s3_source
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
        """Whether it is a folder."""
        return self.path.endswith("/")

    def isFile(self) -> bool:
        """Whether it is a file."""
        return not self.isDir()


class MountInfo(NamedTuple):
    """A row of `mounts`; no source holds a key."""

    mountPoint: str
    source: str
    encryptionType: str = ""


_ROOT = MountInfo("/", "DatabricksRoot")


class FileSystemUtils:
    """DBFS, its mounts, the local S3 and this machine's disk, by the names that Databricks gives them."""

    def __init__(self, spark: SparkSession, settings: Settings) -> None:
        self._spark = spark
        self._settings = settings
        self._mounts = Mounts(settings)
        self._places = StorageResolver(settings)

    @reported
    @spelled(dir="path")
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

    @reported
    @spelled(maxBytes="max_bytes")
    def head(self, file: str, max_bytes: int = 65536) -> str:
        """The beginning of a file, as text."""
        place = self._places.find(file)
        if place.require().folder:
            raise PathError(f"Cannot head a directory: {place.address}")
        with place.store.read(place.path) as content:
            read = content.read(max_bytes + 1)
        if len(read) > max_bytes:
            say(f"[Truncated to first {max_bytes} bytes]")
        return read[:max_bytes].decode("utf-8", errors="replace")

    @reported
    def put(self, file: str, contents: str, overwrite: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Write a text file."""
        place, content = self._places.find(file), contents.encode()
        entry = place.entry()
        if entry and (entry.folder or not overwrite):
            raise FileExistsError(f"{place.address} already exists{_unless(entry)}")
        place.store.write(place.path, BytesIO(content))
        say(f"Wrote {len(content)} bytes.")
        return True

    @reported
    @spelled(dir="path")
    def mkdirs(self, path: str) -> bool:
        """Make a folder and those above it."""
        place = self._places.find(path)
        entry = place.entry()
        if entry and not entry.folder:
            raise FileExistsError(f"{place.address} is a file")
        place.store.make_folder(place.path)
        return True

    @reported
    @spelled(dir="path")
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

    @reported
    @spelled(source="origin", from_="origin", dest="to")
    def cp(self, origin: str, to: str, recurse: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Copy a file, or what lies in a folder; between any two kinds of storage."""
        copy(self._places.find(origin), self._places.find(to), recurse=recurse)
        return True

    @reported
    @spelled(source="origin", from_="origin", dest="to")
    def mv(self, origin: str, to: str, recurse: bool = False) -> bool:  # noqa: FBT001, FBT002 - Databricks' call
        """Copy, then remove what was copied."""
        source = self._places.find(origin)
        if copy(source, self._places.find(to), recurse=recurse):
            source.store.remove(source.path)
        return True

    @reported
    @spelled(
        mountPoint="mount_point", encryptionType="encryption_type", extraConfigs="extra_configs"
    )
    def mount(
        self,
        source: str,
        mount_point: str,
        encryption_type: str = "",
        owner: str | None = None,
        extra_configs: Mapping[str, str] | None = None,
    ) -> bool:
        """Show a bucket of the local S3 at a place of DBFS, from now on in every notebook."""
        self._show(source, mount_point, self._mounts.add)
        return True

    @reported
    @spelled(
        mountPoint="mount_point", encryptionType="encryption_type", extraConfigs="extra_configs"
    )
    def updateMount(
        self,
        source: str,
        mount_point: str,
        encryption_type: str = "",
        owner: str | None = None,
        extra_configs: Mapping[str, str] | None = None,
    ) -> bool:
        """Show another bucket at a mount point that is there."""
        self._show(source, mount_point, self._mounts.replace)
        return True

    @reported
    @spelled(mountPoint="mount_point")
    def unmount(self, mount_point: str) -> bool:
        """Forget a mount; the bucket stays as it is."""
        point = _point(mount_point)
        self._mounts.remove(point)
        self._apply()
        say(f"{point} has been unmounted.")
        return True

    @reported
    def mounts(self) -> list[MountInfo]:
        """What is mounted, DBFS' own root included."""
        return [
            _ROOT,
            *(
                MountInfo(point, source.rstrip("/"))
                for point, source in self._mounts.read().items()
            ),
        ]

    @reported
    def refreshMounts(self) -> bool:
        """Take over what other notebooks have mounted since."""
        self._apply()
        return True

    def help(self, method: str = "") -> None:
        """Say what there is, or how one of the calls is made."""
        say(fs_help.text(method))

    def _show(self, source: str, mount_point: str, keep: Callable[[str, str], None]) -> None:
        place = s3_source(source)
        keep(_point(mount_point), place)
        self._apply()
        self._mention_absent(place)

    def _apply(self) -> None:
        """Let Spark see the mounts as they are now."""
        wanted = links(self._settings)
        present = self._spark.conf.getAll
        for key in present:
            if key.startswith(LINK) and key not in wanted:
                self._spark.conf.unset(key)
        for key, value in wanted.items():
            if present.get(key) != value:
                self._spark.conf.set(key, value)

    def _mention_absent(self, source: str) -> None:
        bucket = parse(source).bucket
        try:
            self._places.s3.head_bucket(Bucket=bucket)
        except ClientError:
            say(
                f"The local S3 has no bucket {bucket}; it is mounted all the same. {advice(bucket)}"
            )

    def _stop_streams(self, place: StorageLocation) -> None:
        for folder, query in running_checkpoints().items():
            if f"{self._places.find(folder).uri}/".startswith(f"{place.uri}/"):
                query.stop()
                say(
                    f"The stream with its checkpoint in {folder} was stopped, since that folder is deleted."
                )


def _point(text: str) -> str:
    address = parse(text)
    if address.scheme != "dbfs":
        raise PathError(f"Mount points are paths of DBFS, such as /mnt/x: {text}")
    return address.path


def _info(address: Address, entry: FileEntry) -> FileInfo:
    slash = "/" if entry.folder else ""
    return FileInfo(f"{address}{slash}", f"{entry.name}{slash}", entry.size, entry.modified)


def _unless(entry: FileEntry) -> str:
    return ", and is a directory" if entry.folder else ". Use overwrite=True to replace it"
