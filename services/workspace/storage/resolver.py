"""From a path in any spelling to the file store that has it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.config import Config

from services.aws import s3_client
from services.settings import Settings
from services.workspace.storage.dbfs_paths import Address, parse
from services.workspace.storage.dbfs_store import DbfsStore
from services.workspace.storage.file_store import FileEntry, FileStore
from services.workspace.storage.local_store import LocalStore
from services.workspace.storage.mounts import Mounts
from services.workspace.storage.s3_store import S3Store

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_RETRY_CONFIG = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True)
class StorageLocation:
    store: FileStore
    address: Address

    @property
    def path(self) -> str:
        """Where it is in its storage."""
        return self.address.path

    @property
    def uri(self) -> str:
        """The same URI for every path to the same file: through a mount, on the disk, or in S3."""
        return self.store.uri(self.path)

    def child(self, name: str) -> "StorageLocation":
        """What lies in it under a name, or under several with `/` between them."""
        return StorageLocation(self.store, self.address.child(name))

    def entry(self) -> FileEntry | None:
        return self.store.find(self.path)

    def require(self) -> FileEntry:
        """What is there.

        Raises:
            FileNotFoundError: nothing is.
        """
        entry = self.entry()
        if entry is None:
            raise FileNotFoundError(f"No such file or directory: {self.address}")
        return entry


class StorageResolver:
    """All storage that a notebook can reach; S3 is not called before it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._dbfs = DbfsStore(
            LocalStore(settings.dbfs.resolve()), Mounts(settings).read, self._source
        )

    def find(self, path: str) -> StorageLocation:
        """The location that a path names.

        Raises:
            PathError: it names none.
        """
        address = parse(path)
        return StorageLocation(self._store(address), address)

    @cached_property
    def s3(self) -> "S3Client":
        return s3_client(self._settings, _RETRY_CONFIG)

    def _store(self, address: Address) -> FileStore:
        if address.scheme == "s3a":
            return S3Store(self.s3, address.bucket)
        return self._dbfs if address.scheme == "dbfs" else LocalStore(Path("/"))

    def _source(self, source: str) -> FileStore:
        address = parse(source)
        return S3Store(self.s3, address.bucket, address.path)
