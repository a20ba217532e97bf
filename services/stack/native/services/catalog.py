"""Which services and tasks the native stack consists of, profile by profile."""

import sys

from services.settings import Settings
from services.stack.layout import Layout
from services.stack.native.service import NativeService, StartTask
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
from services.stack.native.start_order import NEEDS, ordered


def services(settings: Settings, layout: Layout, profile: str) -> list[NativeService]:
    """All services of a profile: `full` is `core` with the workspace and Airflow."""
    chosen = [
        mysql.service(settings, layout),
        kafka.service(settings, layout),
        aws.service(settings, layout),
        kinesis.service(settings, layout),
        spark.service(settings, layout),
        spark.ui(settings),
        pipeline.gateway(settings),
        pipeline.s3_sink(settings),
        pipeline.speed(settings),
    ]
    if profile != "core":
        chosen += [workspace.service(settings), *airflow.services(settings, layout)]
    return [ordered(service) for service in chosen]


def tasks() -> list[StartTask]:
    """What is done once in every start."""
    source = (sys.executable, "-m", "services.source", "provision")
    streams = (sys.executable, "-m", "services.streams", "provision")
    return [
        StartTask("source", source, needs=NEEDS["source"]),
        StartTask("streams", streams, needs=NEEDS["streams"]),
    ]
