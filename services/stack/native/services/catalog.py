"""Which services the native stack consists of."""

import sys

from services.settings import Settings
from services.stack.layout import Layout
from services.stack.native.service import Service, Task
from services.stack.native.services import (
    airflow,
    aws,
    kafka,
    kinesis,
    mysql,
    pipeline,
    spark,
    workspace,
)


def services(settings: Settings, layout: Layout, profile: str) -> list[Service]:
    """All services of a profile: `full` is `core` with the workspace and Airflow."""
    core = [
        mysql.service(settings, layout),
        kafka.service(settings, layout),
        aws.service(settings, layout),
        kinesis.service(settings, layout),
        spark.service(settings, layout),
        pipeline.gateway(settings),
        pipeline.s3_sink(settings),
        pipeline.speed(settings),
    ]
    if profile == "core":
        return core
    return [*core, workspace.service(settings), *airflow.services(settings, layout)]


def tasks() -> list[Task]:
    """What is done once in every start."""
    source = (sys.executable, "-m", "services.source", "provision")
    streams = (sys.executable, "-m", "services.streams", "provision")
    return [
        Task("source", source, needs=frozenset({"mysql"})),
        Task("streams", streams, needs=frozenset({"aws", "kinesis"})),
    ]
