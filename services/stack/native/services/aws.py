"""S3: an emulator whose state outlives its process, behind the port that it shares with Kinesis."""

import sys
from functools import partial

from services.settings import Settings
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.service import NativeService


def service(settings: Settings, layout: Layout) -> NativeService:
    """The emulator behind its gate (`services.stack.native.aws_gate.s3_emulator`)."""
    return NativeService(
        name="aws",
        command=(
            sys.executable,
            *("-m", "services.stack.native.aws_gate.s3_emulator"),
            *("--port", str(settings.aws_port)),
            *("--kinesis-port", str(settings.kinesis_port)),
            *("--recording", str(layout.data / "aws" / "recording.jsonl")),
        ),
        ports={"aws_port": settings.aws_port},
        ready=partial(probes.aws, settings),
        deadline=300,
        url=settings.aws_endpoint_url,
    )
