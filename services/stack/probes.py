"""Readiness checks: each talks to the service as a client would, and raises NotReadyError until it answers.

Clients are imported inside the functions: `make status` should not pay for the imports of all of them.
"""
# ruff: noqa: PLC0415

import socket
import time
from collections.abc import Callable

from services import spark_connect
from services.settings import HOST, Settings
from services.stack.errors import NotReadyError

_POLL_SECONDS = 0.05


def wait(ready: Callable[[], None], seconds: float) -> None:
    """Repeat a check until it passes.

    Raises:
        NotReadyError: it did not pass within so many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            ready()
        except NotReadyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _require_listening(port: int) -> None:
    """A cheap check that comes before a client which would print or retry on its own."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError as error:
        raise NotReadyError(f"nothing listens on port {port} yet") from error


def mysql(settings: Settings) -> None:
    """The administrator can log in and read the database."""
    import pymysql

    try:
        pymysql.connect(
            host=settings.mysql_host,
            port=settings.mysql_port,
            user=settings.mysql_user,
            password=settings.mysql_password.get_secret_value(),
            database=settings.mysql_database,
            connect_timeout=2,
        ).close()
    except pymysql.MySQLError as error:
        raise NotReadyError(f"MySQL: {error}") from error


def kafka(settings: Settings) -> None:
    """The broker has a controller and hands out metadata."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    _require_listening(settings.kafka_port)
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap, "log_level": 0})
    try:
        admin.list_topics(timeout=2)
    except KafkaException as error:
        raise NotReadyError(f"Kafka: {error}") from error


def aws(settings: Settings) -> None:
    """S3 answers to the stack's own keys."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from services.aws import s3_client

    _require_listening(settings.aws_port)
    once = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})
    client = s3_client(settings, once)
    try:
        client.list_buckets()
    except (BotoCoreError, ClientError) as error:
        raise NotReadyError(f"S3: {error}") from error


def http(url: str) -> None:
    """The URL answers 200."""
    import urllib3

    try:
        answer = urllib3.request("GET", url, timeout=2, retries=False)
    except urllib3.exceptions.HTTPError as error:
        raise NotReadyError(f"{url}: {error}") from error
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
        raise NotReadyError(f"{url} answered {answer.status}: {answer.data[:200]!r}")


def spark(settings: Settings) -> None:
    """The Spark Connect server runs a request: it tells its version."""
    import grpc

    _require_listening(settings.spark_port)
    with grpc.insecure_channel(f"{HOST}:{settings.spark_port}") as channel:
        try:
            channel.unary_unary(_ANALYZE)(
                SPARK_VERSION_REQUEST, timeout=5, metadata=spark_connect.metadata(settings)
            )
        except grpc.RpcError as error:
            if spark_connect.UNAUTHENTICATED in str(error):
                raise NotReadyError(spark_connect.refused_token(settings)) from error
            raise NotReadyError(f"Spark Connect: {error}") from error


_ANALYZE = "/spark.connect.SparkConnectService/AnalyzePlan"
SPARK_VERSION_REQUEST = (
    b"\x0a\x2400000000-0000-4000-8000-000000000000"  # session_id
    b"\x12\x0b\x0a\x09readiness"  # user_context.user_id
    b"\x52\x00"  # spark_version
)
"""A readily made `AnalyzePlanRequest`: importing PySpark's classes takes longer than all the rest of a health check."""


def speed(settings: Settings) -> None:
    """The streaming application says that its queries run."""
    from services.streams.readiness import is_streaming

    if not is_streaming(settings.state_dir):
        raise NotReadyError("the streams have not been started yet")


def airflow(settings: Settings, component: str) -> None:
    """Airflow's API server answers, and the component has sent its heartbeat lately."""
    import urllib3

    _require_listening(settings.airflow_port)
    url = f"http://{HOST}:{settings.airflow_port}/api/v2/monitor/health"
    try:
        answer = urllib3.request("GET", url, timeout=5, retries=False)
        status = answer.json()[component]["status"]
    except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
        raise NotReadyError(f"{url}: {error}") from error
    if status != "healthy":
        raise NotReadyError(f"Airflow's {component} has sent no heartbeat yet")
