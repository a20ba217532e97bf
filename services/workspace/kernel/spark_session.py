"""The Spark session of a notebook, set as on a Databricks cluster of the course's time."""

import os
import time

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel import connect_patches, sessions
from services.workspace.kernel.context import RunContext
from services.workspace.kernel.errors import brief
from services.workspace.mounts import session_conf


class SparkUnavailableError(Exception):
    """No Spark server answers."""


def open_session(settings: Settings, context: RunContext) -> SparkSession:
    """Open the notebook's one session; `SparkSession.builder…getOrCreate()` gives it from then on.

    The process takes the cluster's time zone, UTC, so that timestamps are shown as Spark keeps them.

    Raises:
        SparkUnavailableError: nothing answers.
    """
    os.environ.update(TZ="UTC", SPARK_REMOTE=settings.spark_remote)
    time.tzset()
    session_id = sessions.hold(settings)
    try:
        spark = SparkSession.builder.remote(sessions.address(settings, session_id)).create()
        spark.conf._set_all(configuration(settings, context), silent=False)
    except PySparkException as error:
        raise SparkUnavailableError(
            f"Spark does not answer at {settings.spark_remote} ({brief(error)}). "
            "Start the stack with `make up`; if it is up, `make logs` shows what ails Spark."
        ) from error
    connect_patches.install(spark, settings)
    return spark


def configuration(settings: Settings, context: RunContext) -> dict[str, str]:
    """Settings of the session: Databricks' defaults before runtime 17, and its file system."""
    tags = "spark.databricks.clusterUsageTags"
    return {
        "spark.sql.ansi.enabled": "false",
        "spark.sql.sources.default": "delta",
        "spark.sql.session.timeZone": "UTC",
        "spark.databricks.workspaceUrl": settings.workspace_url.removeprefix("http://"),
        f"{tags}.clusterId": context.cluster_id,
        f"{tags}.clusterName": "pincloud",
        f"{tags}.clusterWorkers": "0",
        **session_conf(settings),
    }
