"""`dbutils.fs`: the calls of files and of mounts as one object."""

from typing import ClassVar

from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel.dbutils.fs_files import FileUtils
from services.workspace.kernel.dbutils.fs_mounts import MountUtils
from services.workspace.kernel.dbutils.help_texts import WithHelp
from services.workspace.storage.resolver import StorageResolver


class FileSystemUtils(WithHelp, FileUtils, MountUtils):
    """What notebooks call `dbutils.fs`."""

    _part: ClassVar[str] = "fs"

    def __init__(self, spark: SparkSession, settings: Settings) -> None:
        places = StorageResolver(settings)
        FileUtils.__init__(self, places)
        MountUtils.__init__(self, spark, settings, places)
