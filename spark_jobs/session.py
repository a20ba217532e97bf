"""The one door to Spark: a thin Spark Connect client."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from services.settings import Settings

_USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"

_DEFAULT_PORT = 15002
_PATIENCE = 5.0
"""Seconds to wait for the server's port; Spark's own client would try for minutes."""


class SparkUnreachableError(Exception):
    """No Spark Connect server answers at the configured address."""


def connect(settings: Settings) -> SparkSession:
    """Open a session of its own on the server at `settings.spark_remote`.

    PySpark itself switches `pyspark.sql.functions` to Spark Connect when a remote session is made
    through its builder; column functions may therefore be imported before, but not called.

    Raises:
        SparkUnreachableError: nothing answers, or what answers is not Spark Connect.
    """
    remote = settings.spark_remote
    try:
        _knock(remote)
        spark = SparkSession.builder.remote(remote).create()
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    except (PySparkException, OSError) as error:
        raise SparkUnreachableError(
            f"Spark does not answer at {remote} ({cause(error)}). Start the stack with "
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


def _knock(remote: str) -> None:
    address = urlsplit(remote)
    host, port = address.hostname or "", address.port or _DEFAULT_PORT
    socket.create_connection((host, port), timeout=_PATIENCE).close()


def cause(error: Exception) -> str:
    """What a Spark or gRPC error says, in one line: gRPC hides its words behind a first line of no use."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    details = next((line for line in lines if line.startswith("details =")), None)
    return details or next(iter(lines), type(error).__name__)
