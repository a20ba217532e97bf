"""The Spark Connect server: the one driver, cluster and catalog that every Spark client shares."""

import os
import sys
from functools import partial
from pathlib import Path

import pyspark

from services.private_file import write_private
from services.settings import HOST, PROJECT_ROOT, Settings
from services.setup.jars import jar_dir
from services.stack import probes
from services.stack.native import dbfs, jvm
from services.stack.service import Layout, Service

_DATA_SOURCES = PROJECT_ROOT / "spark_jobs" / "data_sources"
"""Spark looks here for modules called `pyspark_…`: `format("kinesis")` needs no registration."""

_OPENED = [
    "java.lang",
    "java.lang.invoke",
    "java.lang.reflect",
    "java.io",
    "java.net",
    "java.nio",
    "java.util",
    "java.util.concurrent",
    "java.util.concurrent.atomic",
    "jdk.internal.ref",
    "sun.nio.ch",
    "sun.nio.cs",
    "sun.security.action",
    "sun.util.calendar",
]
"""JDK packages that Spark reaches into (Spark's JavaModuleOptions)."""


_SHORT_WORK = ["-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=256m"]
"""The quick compiler alone: our queries are over before the thorough one has paid for itself."""

_SPARK_OWN = [
    "-XX:+IgnoreUnrecognizedVMOptions",
    "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Djdk.reflect.useDirectMethodHandle=false",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.type=pooled",
    "-Dio.netty.noUnsafe=false",
]
"""What Spark gives its own JVMs (JavaModuleOptions); newer Javas need it for Arrow."""


def service(settings: Settings, layout: Layout) -> Service:
    """The server, with Delta Lake and the local S3."""
    home = Path(pyspark.__file__).parent
    options = [
        "-Xmx1g",
        "-Xmn128m",
        "-XX:+UseSerialGC",
        *_SHORT_WORK,
        *_SPARK_OWN,
        f"-Dlog4j2.configurationFile={layout.run / 'spark-log4j2.properties'}",
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
    ]
    arguments = [
        "org.apache.spark.deploy.SparkSubmit",
        *("--properties-file", str(_properties(layout))),
        *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
        "spark-internal",
    ]
    return Service(
        name="spark",
        command=jvm.command(layout, [home / "jars", jar_dir("spark")], options, arguments),
        ports={"spark_port": settings.spark_port, "spark_ui_port": settings.spark_ui_port},
        ready=partial(probes.spark, settings),
        prepare=partial(_prepare, settings, layout),
        environment={
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": HOST,
            "MALLOC_ARENA_MAX": "2",
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": os.pathsep.join(map(str, (PROJECT_ROOT, _DATA_SOURCES))),
        },
        url=f"{settings.spark_remote}  UI http://{HOST}:{settings.spark_ui_port}",
    )


def _properties(layout: Layout) -> Path:
    return layout.run / "spark.conf"


def _prepare(settings: Settings, layout: Layout) -> None:
    jvm.write_hosts_file(layout)
    settings.lake.mkdir(parents=True, exist_ok=True)
    settings.dbfs.mkdir(parents=True, exist_ok=True)
    (layout.data / "spark").mkdir(parents=True, exist_ok=True)
    (layout.run / "spark-log4j2.properties").write_text(_LOGGING, encoding="utf-8")
    lines = "".join(f"{key} {value}\n" for key, value in _configuration(settings, layout).items())
    write_private(_properties(layout), lines)


def _configuration(settings: Settings, layout: Layout) -> dict[str, str]:
    return {
        "spark.master": "local[*]",
        "spark.app.name": "pincloud",
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(settings.spark_port),
        "spark.ui.port": str(settings.spark_ui_port),
        "spark.port.maxRetries": "0",
        "spark.local.dir": str(layout.data / "spark"),
        "spark.sql.session.timeZone": "UTC",
        "spark.python.use.daemon": "false",
        **_SMALL_DATA,
        **_LOCAL_FILES,
        **dbfs.configuration(settings.dbfs.resolve()),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.ui.retainedJobs": "100",
        "spark.ui.retainedStages": "100",
        "spark.sql.ui.retainedExecutions": "50",
        "spark.hadoop.fs.s3a.endpoint": settings.aws_endpoint_url,
        "spark.hadoop.fs.s3a.endpoint.region": settings.aws_default_region,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.access.key": settings.aws_access_key_id.get_secret_value(),
        "spark.hadoop.fs.s3a.secret.key": settings.aws_secret_access_key.get_secret_value(),
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    }


_SMALL_DATA = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Planning and compiling cost more than the work does here: interpreted plans take half the CPU."""

_LOCAL_FILES = {
    "spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem",
    "spark.sql.streaming.checkpointFileManagerClass": "org.apache.spark.sql.execution.streaming"
    ".checkpointing.FileSystemBasedCheckpointFileManager",
    "spark.delta.logStore.file.impl": "io.delta.storage.LocalLogStore",
}
"""Hadoop starts `chmod` and `readlink` for local files, a process each time, and Spark's default checkpoint
manager lets it (docs/decisions/2026-11-21-speed-latency.md). One writer a table and checkpoint needs no more."""

_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.stdout.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss} %-5p %m (%c{1})%n%ex
logger.trigger.name = org.apache.spark.sql.execution.streaming.runtime.ProcessingTimeExecutor
logger.trigger.level = error
"""
"""A batch that outlasts its trigger's interval is no news: an idle stream waits longer than that for records."""
