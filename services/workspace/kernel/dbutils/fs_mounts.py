"""`dbutils.fs`, its calls of mounts: mount, updateMount, unmount, mounts, refreshMounts."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from botocore.exceptions import ClientError
from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel.dbutils.fs_call import aliases, execution_errors
from services.workspace.kernel.process.output import print_line
from services.workspace.storage.dbfs_paths import PathError, parse
from services.workspace.storage.mounts import LINK, Mounts, advice, links, s3_source
from services.workspace.storage.resolver import StorageResolver


class MountInfo(NamedTuple):
    """A row of `mounts`; no source holds a key."""

    mountPoint: str
    source: str
    encryptionType: str = ""


_ROOT = MountInfo("/", "DatabricksRoot")


class MountUtils:
    """Buckets of the local S3, shown at paths of DBFS; each change reaches the running Spark session too."""

    def __init__(self, spark: SparkSession, settings: Settings, places: StorageResolver) -> None:
        self._spark = spark
        self._settings = settings
        self._places = places
        self._mounts = Mounts(settings)

    @execution_errors
    @aliases(
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
        """Show a bucket of the local S3 at a path of DBFS, from now on in every notebook."""
        self._set_mount(source, mount_point, self._mounts.add)
        return True

    @execution_errors
    @aliases(
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
        self._set_mount(source, mount_point, self._mounts.replace)
        return True

    @execution_errors
    @aliases(mountPoint="mount_point")
    def unmount(self, mount_point: str) -> bool:
        """Forget a mount; the bucket stays as it is."""
        point = _point(mount_point)
        self._mounts.remove(point)
        self._update_session()
        print_line(f"{point} has been unmounted.")
        return True

    @execution_errors
    def mounts(self) -> list[MountInfo]:
        """What is mounted; DBFS' own root comes first."""
        return [
            _ROOT,
            *(
                MountInfo(point, source.rstrip("/"))
                for point, source in self._mounts.read().items()
            ),
        ]

    @execution_errors
    def refreshMounts(self) -> bool:
        """Take over what other notebooks have mounted since."""
        self._update_session()
        return True

    def _set_mount(self, source: str, mount_point: str, save: Callable[[str, str], None]) -> None:
        address = s3_source(source)
        save(_point(mount_point), address)
        self._update_session()
        self._warn_of_missing_bucket(address)

    def _update_session(self) -> None:
        """Let Spark see the mounts as they are now."""
        wanted = links(self._settings)
        present = self._spark.conf.getAll
        for key in present:
            if key.startswith(LINK) and key not in wanted:
                self._spark.conf.unset(key)
        for key, value in wanted.items():
            if present.get(key) != value:
                self._spark.conf.set(key, value)

    def _warn_of_missing_bucket(self, source: str) -> None:
        bucket = parse(source).bucket
        try:
            self._places.s3.head_bucket(Bucket=bucket)
        except ClientError:
            print_line(
                f"The local S3 has no bucket {bucket}; it is mounted all the same. {advice(bucket)}"
            )


def _point(text: str) -> str:
    address = parse(text)
    if address.scheme != "dbfs":
        raise PathError(f"Mount points are paths of DBFS, such as /mnt/x: {text}")
    return address.path
