"""`dbutils.fs`: the calls of files and of mounts as one object, and what its `help()` says."""

from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel.dbutils.fs_files import FileUtils
from services.workspace.kernel.dbutils.fs_mounts import MountUtils
from services.workspace.kernel.process.output import print_line
from services.workspace.storage.resolver import StorageResolver

_CALLS = {
    "cp": (
        "(from, to, recurse=False) -> bool",
        "copies a file or a folder, between any two kinds of storage",
    ),
    "head": ("(file, max_bytes=65536) -> str", "gives the beginning of a file as text"),
    "ls": ("(dir) -> list of FileInfo", "lists a folder"),
    "mkdirs": ("(dir) -> bool", "makes a folder and those above it"),
    "mount": (
        "(source, mount_point, encryption_type='', extra_configs=None) -> bool",
        "shows a bucket at a path",
    ),
    "mounts": ("() -> list of MountInfo", "lists what is mounted"),
    "mv": ("(from, to, recurse=False) -> bool", "copies, then deletes what was copied"),
    "put": ("(file, contents, overwrite=False) -> bool", "writes a text file"),
    "refreshMounts": ("() -> bool", "takes over what other notebooks have mounted"),
    "rm": ("(dir, recurse=False) -> bool", "deletes a file or a folder"),
    "unmount": ("(mount_point) -> bool", "forgets a mount, not its bucket"),
    "updateMount": ("(source, mount_point, …) -> bool", "shows another bucket at a mount point"),
}

_PATHS = (
    "Paths: /x and dbfs:/x are DBFS, file:/x is this machine's disk, s3a://bucket/x is the local S3. "
    'dbutils.fs.help("cp") says more of one call.'
)


class FileSystemUtils(FileUtils, MountUtils):
    """What notebooks call `dbutils.fs`."""

    def __init__(self, spark: SparkSession, settings: Settings) -> None:
        places = StorageResolver(settings)
        FileUtils.__init__(self, places)
        MountUtils.__init__(self, spark, settings, places)

    def help(self, method: str = "") -> None:
        """Say what there is, or how one of the calls is made."""
        print_line(_help(method))


def _help(method: str = "") -> str:
    """All calls, or one."""
    if method:
        signature, meaning = _CALLS.get(method, ("", "there is no such call"))
        return f"{method}{signature}: {meaning}"
    width = max(map(len, _CALLS))
    return "\n".join(
        ["dbutils.fs", *(f"  {name:{width}}  {row[1]}" for name, row in _CALLS.items()), _PATHS]
    )
