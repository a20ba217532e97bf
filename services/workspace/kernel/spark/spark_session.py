"""The Spark session of a notebook, set as on a Databricks cluster of the course's time."""

import atexit
import logging
import os
import time
from typing import Any, cast

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.client import SparkConnectClient
from pyspark.sql.connect.session import SparkSession as ConnectSession

from services.settings import Settings
from services.workspace.catalog.table_registration import register_tables
from services.workspace.execution.sessions import end_orphans
from services.workspace.kernel.process.context import RunContext
from services.workspace.kernel.process.notices import say
from services.workspace.kernel.spark import connect_patches, server_sessions
from services.workspace.kernel.spark.errors import brief
from services.workspace.kernel.spark.table_patches import our_own_statements
from services.workspace.storage.mounts import session_conf


class SparkUnavailableError(Exception):
    """No Spark server answers."""


def open_session(settings: Settings, context: RunContext) -> SparkSession:
    """Open the notebook's one session; `SparkSession.builder…getOrCreate()` gives it from then on.

    The process takes the cluster's time zone, UTC, so that timestamps are shown as Spark keeps them. Sessions that
    killed notebooks left behind are ended by the way.

    Raises:
        SparkUnavailableError: nothing answers.
    """
    os.environ.update(TZ="UTC", SPARK_REMOTE=settings.spark_remote, SPARK_CONNECT_MODE_ENABLED="1")
    time.tzset()
    _silence()
    end_orphans(settings)
    try:
        spark = _the_session(ConnectSession(_new_address(settings)))
        _configure(spark, settings, context)
    except PySparkException as error:
        raise SparkUnavailableError(_unavailable(settings, brief(error))) from error
    connect_patches.install(spark, settings)
    return spark


def renew(spark: SparkSession, settings: Settings, context: RunContext) -> bool:
    """Give the same object a new session if Spark has lost the old one; say so, and return whether it was lost.

    Raises:
        SparkUnavailableError: nothing answers.
    """
    if not server_sessions.answers(settings):
        raise SparkUnavailableError(_unavailable(settings, "nothing listens there"))
    try:
        spark.conf.get("spark.sql.session.timeZone")
    except PySparkException:
        inside: Any = spark
        inside._client = SparkConnectClient(_new_address(settings))
        inside._session_id = inside._client._session_id
        _configure(spark, settings, context)
        say("Spark was restarted: this is a new session, without the old one's views and streams.")
        return True
    return False


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


def _silence() -> None:
    """PySpark logs each error as JSON before it raises it; ipykernel switches that on."""
    for name in (
        "pyspark.sql.connect.logging",
        "SQLQueryContextLogger",
        "DataFrameQueryContextLogger",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _the_session(session: ConnectSession) -> SparkSession:
    """Make it the one that the builder finds; in every thread, also where another was found before."""
    ConnectSession._default_session = session
    ConnectSession._active_session.session = session
    return cast(SparkSession, session)


def _new_address(settings: Settings) -> str:
    if not server_sessions.answers(settings):
        raise SparkUnavailableError(_unavailable(settings, "nothing listens there"))
    session_id = server_sessions.hold(settings)
    atexit.register(server_sessions.let_go, settings, session_id)
    return server_sessions.address(settings, session_id)


def _configure(spark: SparkSession, settings: Settings, context: RunContext) -> None:
    """Settings all at once, since each is a call to the server; then names for the tables on disk."""
    conf: Any = spark.conf
    conf._set_all(configuration(settings, context), silent=False)
    with our_own_statements():
        register_tables(spark, settings)


def _unavailable(settings: Settings, reason: str) -> str:
    return (
        f"Spark does not answer at {settings.spark_remote} ({reason}). Start the stack with `make up`; "
        "if it is up, `make logs` shows what ails Spark."
    )
