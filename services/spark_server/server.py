"""The Spark Connect server: the one driver, cluster and catalog that every Spark client shares."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from services.files import private_folder, write_private
from services.settings import PROJECT_ROOT, Settings
from services.setup.java import java
from services.spark_server import jvm
from services.spark_server.configuration import configuration
from services.spark_server.deployment import SparkDeployment

_DATA_SOURCES = PROJECT_ROOT / "spark_jobs" / "data_sources"
"""Spark looks here for modules called `pyspark_…`: `format("kinesis")` needs no registration."""

_WORKER_START = Path(__file__).parent / "worker_start"
"""Python imports the module in it first thing."""


def command(settings: Settings, deployment: SparkDeployment) -> tuple[str, ...]:
    """Argument list of the server, once `prepare` has written its files."""
    return (
        *(str(java()), "-cp", jvm.class_path()),
        *jvm.COMMON,
        *deployment.options,
        *(f"-Xmx{settings.spark_memory}", "-Xmn128m"),
        *jvm.FAST_START,
        *jvm.SPARK_MODULE_OPTIONS,
        jvm.logging_option(deployment),
        "org.apache.spark.deploy.SparkSubmit",
        *("--properties-file", str(_properties(deployment))),
        *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
        "spark-internal",
    )


def environment() -> Mapping[str, str]:
    """Variables of the server and of everything that runs Python for it."""
    return {
        "SPARK_HOME": str(jvm.spark_home()),
        "MALLOC_ARENA_MAX": "2",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(map(str, (_WORKER_START, PROJECT_ROOT, _DATA_SOURCES))),
    }


def prepare(settings: Settings, deployment: SparkDeployment) -> None:
    """Make its folders, write its configuration."""
    for folder in (settings.lake, settings.dbfs, deployment.scratch):
        private_folder(folder)
    jvm.write_logging(deployment)
    lines = (f"{key} {value}\n" for key, value in configuration(settings, deployment).items())
    write_private(_properties(deployment), "".join(lines))


def _properties(deployment: SparkDeployment) -> Path:
    return deployment.run / "spark.conf"
