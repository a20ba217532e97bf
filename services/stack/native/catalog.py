"""Which services the native stack consists of."""

import sys

from services.settings import Settings
from services.stack.native import airflow, aws, kafka, kinesis, mysql, ours, spark, workspace
from services.stack.service import Layout, Service, Task


def services(settings: Settings, layout: Layout, profile: str) -> list[Service]:
    """All services of a profile: `full` is `core` with the workspace and Airflow."""
    core = [
        mysql.service(settings, layout),
        kafka.service(settings, layout),
        aws.service(settings, layout),
        kinesis.service(settings, layout),
        spark.service(settings, layout),
        ours.gateway(settings),
        ours.s3_sink(settings),
        ours.speed(settings),
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
