"""The JVM of a Spark process: its class path and its options."""

from pathlib import Path

import pyspark

from services.files import private_folder
from services.setup.jars import jar_dir
from services.spark_server.deployment import SparkDeployment

LOGGING = "spark-log4j2.properties"

FAST_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=256m")
"""The quick compiler alone: our queries are over before the thorough one has paid for itself."""

COMMON = ("-Djava.net.preferIPv4Stack=true", "-XX:+ExitOnOutOfMemoryError")
"""A JVM that is out of memory ends, and is started again."""

_OPENED = (
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
)
"""JDK packages that Spark reaches into (Spark's JavaModuleOptions)."""

SPARK_MODULE_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Djdk.reflect.useDirectMethodHandle=false",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.type=pooled",
    "-Dio.netty.noUnsafe=false",
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
)
"""What Spark gives its own JVMs (JavaModuleOptions); newer Javas need it for Arrow."""


def spark_home() -> Path:
    """PySpark's wheel is a whole Spark."""
    return Path(pyspark.__file__).parent


def extra_jars() -> str:
    """Class path of what Spark itself does not bring: Delta Lake and the S3 file system."""
    return f"{jar_dir('spark')}/*"


def class_path() -> str:
    return f"{spark_home() / 'jars'}/*:{extra_jars()}"


def logging_option(deployment: SparkDeployment) -> str:
    """Leads log4j to what `write_logging` wrote."""
    return f"-Dlog4j2.configurationFile={deployment.run / LOGGING}"


def write_logging(deployment: SparkDeployment) -> None:
    """Warnings and worse go to the standard output."""
    private_folder(deployment.run)
    (deployment.run / LOGGING).write_text(_LOGGING, encoding="utf-8")


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
