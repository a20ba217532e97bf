"""The one door to Spark: a thin Spark Connect client."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from services import spark_connect
from services.settings import Settings

_USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"

_PATIENCE = 5.0
"""Seconds to wait for the server's port; Spark's own client would try for minutes."""


class SparkUnreachableError(Exception):
    """No Spark Connect server answers at the configured address."""


def connect(settings: Settings) -> SparkSession:
    """Open a session of its own on the server at `settings.spark_remote`.

    PySpark itself switches `pyspark.sql.functions` to Spark Connect when a remote session is made
    through its builder; column functions may therefore be imported before, but not called.

    Raises:
        SparkUnreachableError: nothing answers, what answers is not Spark Connect, or it does not take the token.
    """
    try:
        socket.create_connection(spark_connect.endpoint(settings), timeout=_PATIENCE).close()
        spark = SparkSession.builder.remote(spark_connect.connection_string(settings)).create()
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    except (PySparkException, OSError) as error:
        if spark_connect.UNAUTHENTICATED in str(error):
            raise SparkUnreachableError(spark_connect.refused_token(settings)) from error
        raise SparkUnreachableError(
            f"Spark does not answer at {settings.spark_remote} ({cause(error)}). Start the stack with "
            "`make up`; if it is up, `make logs` shows what ails Spark."
        ) from error
    return spark


@contextmanager
def session(settings: Settings) -> Iterator[SparkSession]:
    """A session that the server forgets at the end."""
    spark = connect(settings)
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def user_metadata(spark: SparkSession, text: str) -> Iterator[None]:
    """Put `text` into every Delta commit of the session meanwhile; MERGE has no option for it."""
    spark.conf.set(_USER_METADATA, text)
    try:
        yield
    finally:
        spark.conf.unset(_USER_METADATA)


def cause(error: Exception) -> str:
    """What a Spark or gRPC error says, in one line: gRPC hides its words behind a first line of no use."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    details = next((line for line in lines if line.startswith("details =")), None)
    return details or next(iter(lines), type(error).__name__)
