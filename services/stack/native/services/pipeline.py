"""Our own Python services."""

import sys
from functools import partial

from services.settings import HOST, Settings
from services.stack import probes
from services.stack.native.service import NativeService
from services.streams.readiness import REFUSED


def gateway(settings: Settings) -> NativeService:
    """The API Gateway and Kafka REST proxy."""
    return NativeService(
        name="gateway",
        command=(sys.executable, "-m", "services.gateway"),
        ports={"gateway_port": settings.gateway_port},
        ready=partial(probes.http, f"http://{HOST}:{settings.gateway_port}/health"),
        stop_seconds=30,
        url=f"{settings.gateway_url}/{settings.gateway_stage}/topics",
    )


def s3_sink(settings: Settings) -> NativeService:
    """Kafka → S3."""
    return NativeService(
        name="s3_sink",
        command=(sys.executable, "-m", "services.s3_sink"),
        ports={"sink_port": settings.sink_port},
        ready=partial(probes.http, f"http://{HOST}:{settings.sink_port}/metrics"),
        url=f"http://{HOST}:{settings.sink_port}/metrics",
    )


def speed(settings: Settings) -> NativeService:
    """Kinesis → Delta."""
    return NativeService(
        name="speed",
        command=(sys.executable, "-m", "spark_jobs.speed", "run"),
        ports={},
        ready=partial(probes.speed, settings),
        final_exit_code=REFUSED,
        url=str(settings.lake / "speed"),
    )
