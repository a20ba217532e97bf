"""S3 and Kinesis behind one port: the gate, and the S3 server that it runs."""

import sys
from functools import partial

from services.settings import Settings
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.service import NativeService


def service(settings: Settings, layout: Layout) -> NativeService:
    """The gate (`services.aws_gate`), with s3proxy below it."""
    return NativeService(
        name="aws",
        command=(
            sys.executable,
            *("-m", "services.aws_gate"),
            *("--data", str(layout.data / "aws")),
        ),
        ports={"aws_port": settings.aws_port},
        ready=partial(probes.aws, settings),
        deadline=900,  # an old recording is moved at the first start
        url=settings.aws_endpoint_url,
    )
