"""The local Databricks workspace."""

import sys
from functools import partial

from services.settings import HOST, Settings
from services.stack import probes
from services.stack.native.service import NativeService


def service(settings: Settings) -> NativeService:
    """The Jobs API, its runs and their pages."""
    return NativeService(
        name="workspace",
        command=(sys.executable, "-m", "services.workspace"),
        ports={"workspace_port": settings.workspace_port},
        ready=partial(probes.http, f"http://{HOST}:{settings.workspace_port}/health"),
        url=settings.workspace_url,
    )
