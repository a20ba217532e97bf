"""Kinesis: our own engine, reached through the port that it shares with S3."""

import sys
from functools import partial

from services.settings import HOST, Settings
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.service import NativeService


def service(settings: Settings, layout: Layout) -> NativeService:
    """The engine (`services.kinesis`); clients come by the gate of `services.stack.native.services.aws`."""
    return NativeService(
        name="kinesis",
        command=(
            sys.executable,
            *("-m", "services.kinesis"),
            *("--data", str(layout.data / "kinesis")),
        ),
        ports={"kinesis_port": settings.kinesis_port},
        ready=partial(probes.http, f"http://{HOST}:{settings.kinesis_port}/health"),
        url=settings.aws_endpoint_url,
    )
