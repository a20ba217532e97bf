"""What makes the Spark server know `dbfs:/`: Hadoop's own mount table, laid over a local folder.

A path that no mount covers falls back to that folder. The mounts themselves are not the server's: each notebook's
session brings its own (services/workspace/storage/mounts.py), as it brings `fs.defaultFS`. Sessions that bring neither,
such as those of spark_jobs, keep plain local paths.
"""

from pathlib import Path

WAREHOUSE = "dbfs:/user/hive/warehouse"
"""Where managed tables lie, as on Databricks."""


def configuration(root: Path) -> dict[str, str]:
    """Settings of the Spark server.

    Args:
        root: The folder that is `dbfs:/`; it must exist, and be absolute.
    """
    return {
        **_MOUNT_TABLE,
        "spark.hadoop.fs.viewfs.mounttable.default.linkFallback": root.as_uri(),
        "spark.sql.warehouse.dir": WAREHOUSE,
        **_S3_ALIASES,
    }


_MOUNT_TABLE = {
    "spark.hadoop.fs.dbfs.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme",
    "spark.hadoop.fs.dbfs.impl.disable.cache": "true",
    "spark.hadoop.fs.viewfs.enable.inner.cache": "false",
    "spark.delta.logStore.dbfs.impl": "io.delta.storage.LocalLogStore",
}
"""A mount table is never cached, since each session has its own; the file systems that it leads to are, by Hadoop
and not by the mount table: nobody closes those. All writers are in the one server, so Delta needs no more than
its local log store."""

_S3_ALIASES = {
    "spark.hadoop.fs.s3n.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
}
"""`s3n://` and `s3://` are `s3a://`: three generations of notebooks mean the same bucket."""
