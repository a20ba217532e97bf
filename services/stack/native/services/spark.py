"""The Spark Connect server, on this machine alone."""

import sys
from functools import partial

from services.settings import HOST, Settings
from services.spark_server import server
from services.spark_server.deployment import SparkDeployment
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.service import NativeService
from services.stack.native.services import jvm


def service(settings: Settings, layout: Layout) -> NativeService:
    """The server, with Delta Lake and the local S3."""
    deployment = _deployment(layout)
    return NativeService(
        name="spark",
        command=server.command(settings, deployment),
        ports={
            "spark_port": settings.spark_port,
            "spark_ui_backend_port": settings.spark_ui_backend_port,
        },
        ready=partial(probes.spark, settings),
        prepare=partial(_prepare, settings, layout),
        environment={**server.environment(), "SPARK_LOCAL_IP": HOST},
        url=f"{settings.spark_remote}  with SPARK_TOKEN of .env",
    )


def ui(settings: Settings) -> NativeService:
    """The door of its web UI."""
    url = f"http://{HOST}:{settings.spark_ui_port}"
    return NativeService(
        name="spark_ui",
        command=(sys.executable, "-m", "services.spark_ui"),
        ports={"spark_ui_port": settings.spark_ui_port},
        ready=partial(probes.http, f"{url}/health"),
        url=url,
    )


def _deployment(layout: Layout) -> SparkDeployment:
    return SparkDeployment(
        run=layout.run,
        scratch=layout.data / "spark",
        host=HOST,
        listen=HOST,
        options=(jvm.hosts_option(layout),),
    )


def _prepare(settings: Settings, layout: Layout) -> None:
    jvm.write_hosts_file(layout)
    server.prepare(settings, _deployment(layout))
