"""The server's Spark configuration."""

from services.aws import s3a_options
from services.settings import Settings
from services.spark_server import access, cluster, dbfs
from services.spark_server.deployment import SparkDeployment


def configuration(settings: Settings, deployment: SparkDeployment) -> dict[str, str]:
    """All of it; `settings.dbfs` must exist."""
    return {
        "spark.master": settings.spark_master,
        "spark.app.name": "pincloud",
        "spark.driver.host": deployment.host,
        "spark.driver.bindAddress": deployment.listen,
        "spark.connect.grpc.binding.address": deployment.listen,
        "spark.connect.grpc.binding.port": str(settings.spark_port),
        "spark.ui.port": str(settings.spark_ui_backend_port),
        "spark.port.maxRetries": "0",
        "spark.local.dir": str(deployment.scratch),
        "spark.sql.session.timeZone": "UTC",
        "spark.python.use.daemon": "false",
        **_SMALL_DATA,
        **_LOCAL_FILES,
        **dbfs.configuration(settings.dbfs.resolve()),
        **_DELTA,
        **_UI_RETENTION,
        **s3a_options(settings),
        **access.configuration(settings),
        **cluster.configuration(settings.spark_master, deployment),
    }


_SMALL_DATA = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "8",
}
"""Planning and compiling cost more than the work does here: interpreted plans take half the CPU.

VACUUM lists a table's files by as many tasks as the last one says, ten thousand by default.
"""

_LOCAL_FILES = {
    "spark.hadoop.fs.permissions.umask-mode": "077",
    "spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem",
    "spark.sql.streaming.checkpointFileManagerClass": "org.apache.spark.sql.execution.streaming"
    ".checkpointing.FileSystemBasedCheckpointFileManager",
    "spark.delta.logStore.file.impl": "io.delta.storage.LocalLogStore",
}
"""Hadoop starts `chmod` and `readlink` for local files, a process each time, and Spark's default checkpoint
manager lets it (docs/decisions/2026-11-21-speed-latency.md). One writer a table and checkpoint needs no more."""

_DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "1",
}

_UI_RETENTION = {
    "spark.ui.retainedJobs": "100",
    "spark.ui.retainedStages": "100",
    "spark.sql.ui.retainedExecutions": "50",
}
