"""The Spark session of a notebook: opened with the settings of a Databricks cluster, reopened when it was lost."""

import atexit
import logging
import time
from typing import Any, cast

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.client import SparkConnectClient
from pyspark.sql.connect.session import SparkSession as ConnectSession

from services import spark_connect
from services.checkout.environment import assign
from services.settings import Settings
from services.workspace.catalog.table_registration import register_tables
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.process.run_context import RunContext
from services.workspace.kernel.spark import server_sessions
from services.workspace.kernel.spark.error_messages import SparkUnavailableError, short_message
from services.workspace.kernel.spark.table_claims import internal_statements
from services.workspace.orphan_sessions import end_orphans
from services.workspace.storage.mounts import session_conf


def open_session(settings: Settings, context: RunContext) -> SparkSession:
    """Open the notebook's one session; `SparkSession.builder…getOrCreate()` gives it from then on.

    The process takes the cluster's time zone, UTC, so that timestamps are shown as Spark keeps them. Sessions that
    killed notebooks left behind are ended by the way.

    Raises:
        SparkUnavailableError: nothing answers.
    """
    remote = {"SPARK_REMOTE": settings.spark_remote, "SPARK_CONNECT_MODE_ENABLED": "1"}
    assign({"TZ": "UTC", **remote})
    time.tzset()
    _silence_error_logs()
    end_orphans(settings)
    try:
        spark = _make_default(ConnectSession(_register_session(settings)))
        _configure(spark, settings, context)
    except PySparkException as error:
        if spark_connect.UNAUTHENTICATED in str(error):
            raise SparkUnavailableError(spark_connect.refused_token(settings)) from error
        raise SparkUnavailableError(_unavailable(settings, short_message(error))) from error
    return spark


def reopen_session(spark: SparkSession, settings: Settings, context: RunContext) -> None:
    """Give the same object a new session if Spark has lost the old one, and print so.

    Raises:
        SparkUnavailableError: nothing answers.
    """
    if not server_sessions.is_reachable(settings):
        raise SparkUnavailableError(_unavailable(settings, "nothing listens there"))
    try:
        spark.conf.get("spark.sql.session.timeZone")
    except PySparkException:
        inside: Any = spark
        inside._client = SparkConnectClient(_register_session(settings))
        inside._session_id = inside._client._session_id
        _configure(spark, settings, context)
        print_line(
            "Spark was restarted: this is a new session, without the old one's views and streams."
        )


def session_configuration(settings: Settings, context: RunContext) -> dict[str, str]:
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


def _silence_error_logs() -> None:
    """PySpark logs each error as JSON before it raises it; ipykernel switches that on."""
    for name in (
        "pyspark.sql.connect.logging",
        "SQLQueryContextLogger",
        "DataFrameQueryContextLogger",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _make_default(session: ConnectSession) -> SparkSession:
    """Make it the one that the builder finds; in every thread, also where another was found before."""
    ConnectSession._default_session = session
    ConnectSession._active_session.session = session
    return cast(SparkSession, session)


def _register_session(settings: Settings) -> str:
    if not server_sessions.is_reachable(settings):
        raise SparkUnavailableError(_unavailable(settings, "nothing listens there"))
    session_id = server_sessions.register(settings)
    atexit.register(server_sessions.release, settings, session_id)
    return server_sessions.connection_string(settings, session_id)


def _configure(spark: SparkSession, settings: Settings, context: RunContext) -> None:
    """Settings all at once, since each is a call to the server; then names for the tables on disk."""
    conf: Any = spark.conf
    conf._set_all(session_configuration(settings, context), silent=False)
    with internal_statements():
        register_tables(spark, settings)


def _unavailable(settings: Settings, reason: str) -> str:
    return (
        f"Spark does not answer at {settings.spark_remote} ({reason}). Start the stack with `make up`; "
        "if it is up, `make logs` shows what ails Spark."
    )
