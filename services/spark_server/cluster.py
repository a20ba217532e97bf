"""A Spark standalone cluster behind the server: its master, its workers, and what executors need.

Master and workers only pass executors on, so that they are small; an executor takes all of its worker's cores.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from services.files import write_private
from services.settings import Settings
from services.setup.java import java
from services.spark_server import access, jvm
from services.spark_server.deployment import SparkDeployment

EXECUTOR_MEMORY = "768m"
"""Heap of an executor; Python's processes come on top."""

EXECUTOR_CORES = 2

_DAEMON_CONFIGURATION = {
    "spark.master.rest.enabled": "false",
    "spark.ui.killEnabled": "false",
}
"""Nothing is submitted but by the server, and nothing is ended in a browser; their UIs are not published."""

_DAEMON = ("-Xmx192m", *jvm.COMMON, *jvm.FAST_START, *jvm.SPARK_MODULE_OPTIONS)


def configuration(master: str, deployment: SparkDeployment) -> Mapping[str, str]:
    """What the server asks of its executors; nothing when it is its own executor."""
    if master.startswith("local"):
        return {}
    return {
        "spark.executor.memory": EXECUTOR_MEMORY,
        "spark.executor.extraClassPath": jvm.extra_jars(),
        "spark.executor.extraJavaOptions": " ".join(
            (*jvm.COMMON, *jvm.FAST_START, jvm.logging_option(deployment))
        ),
        "spark.executor.logs.rolling.strategy": "size",
        "spark.executor.logs.rolling.maxSize": "1048576",
        "spark.executor.logs.rolling.maxRetainedFiles": "2",
    }


def prepare(settings: Settings, deployment: SparkDeployment) -> None:
    """Write the configuration of a master or a worker."""
    jvm.write_logging(deployment)
    properties = {**access.between_processes(settings), **_DAEMON_CONFIGURATION}
    lines = (f"{key} {value}\n" for key, value in properties.items())
    write_private(_properties(deployment), "".join(lines))


def _properties(deployment: SparkDeployment) -> Path:
    return deployment.run / "spark-daemon.conf"


def master_command(settings: Settings, deployment: SparkDeployment) -> tuple[str, ...]:
    """Argument list of the master; its name is the one that `settings.spark_master` asks for."""
    address = urlsplit(settings.spark_master)
    return (
        *_java(deployment),
        "org.apache.spark.deploy.master.Master",
        *("--properties-file", str(_properties(deployment))),
        *("--host", str(address.hostname), "--port", str(address.port)),
    )


def worker_command(settings: Settings, deployment: SparkDeployment) -> tuple[str, ...]:
    return (
        *_java(deployment),
        "org.apache.spark.deploy.worker.Worker",
        *("--properties-file", str(_properties(deployment))),
        *("--cores", str(EXECUTOR_CORES), "--memory", EXECUTOR_MEMORY),
        *("--work-dir", str(deployment.run / "work")),
        settings.spark_master,
    )


def environment(deployment: SparkDeployment) -> Mapping[str, str]:
    """Variables of a worker, which starts executors as Spark's own scripts would have told it to."""
    core = next((jvm.spark_home() / "jars").glob("spark-core_*.jar"))
    scala = core.name.removeprefix("spark-core_").partition("-")[0]
    return {"SPARK_LOCAL_DIRS": str(deployment.scratch), "SPARK_SCALA_VERSION": scala}


def _java(deployment: SparkDeployment) -> tuple[str, ...]:
    return (str(java()), "-cp", jvm.class_path(), *_DAEMON, jvm.logging_option(deployment))
