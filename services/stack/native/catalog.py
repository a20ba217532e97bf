"""Which services the native stack consists of."""

import sys

from services.settings import Settings
from services.stack.native import aws, kafka, kinesis, mysql, ours, spark
from services.stack.service import Layout, Service, Task

PROFILES = ("core", "full")


def services(settings: Settings, layout: Layout) -> list[Service]:
    """All services of the `core` profile; `full` is the same until Airflow joins it."""
    return [
        mysql.service(settings, layout),
        kafka.service(settings, layout),
        aws.service(settings, layout),
        kinesis.service(settings, layout),
        spark.service(settings, layout),
        ours.gateway(settings),
        ours.s3_sink(settings),
        ours.speed(settings),
    ]


def tasks() -> list[Task]:
    """What is done once in every start."""
    source = (sys.executable, "-m", "services.source", "provision")
    streams = (sys.executable, "-m", "services.streams", "provision")
    return [
        Task("source", source, needs=frozenset({"mysql"})),
        Task("streams", streams, needs=frozenset({"aws", "kinesis"})),
    ]
