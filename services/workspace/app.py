"""The workspace's web application: API, pages, health."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from services import spark_connect
from services.browser_login import BrowserLogin
from services.http_guard import Guarded, allowed
from services.settings import Settings
from services.workspace.api.cluster_calls import ClusterCalls
from services.workspace.api.job_calls import JobCalls
from services.workspace.api.run_answers import RunAnswers
from services.workspace.api.run_calls import RunCalls
from services.workspace.api.spark_probe import SparkProbe
from services.workspace.api.transport import Transport
from services.workspace.pages.routes import routes
from services.workspace.runs.scheduling.recovery import end_interrupted_runs
from services.workspace.runs.scheduling.scheduler import Scheduler
from services.workspace.runs.scheduling.scheduler_context import SchedulerContext
from services.workspace.runs.store.job_store import JobStore
from services.workspace.runs.store.run_store import RunStore, open_id_sequence
from services.workspace.task_executor import TaskExecutor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workspace:
    """The workspace, put together; one process at a time may have its state folder."""

    app: Callable[..., Awaitable[Any]]
    scheduler: Scheduler

    async def close(self) -> None:
        """End what runs, and say on disk where it was: the same as the next start would after a crash."""
        await self.scheduler.close()
        end_interrupted_runs(self.scheduler.context.store)


def open_workspace(settings: Settings, executor: TaskExecutor) -> Workspace:
    """Read what is on disk, end what an earlier process left open, and build the application."""
    root = settings.workspace_state.resolve()
    store = RunStore(root)
    if recovered := end_interrupted_runs(store):
        log.warning("runs that an earlier process left open: %s", recovered)
    ids = open_id_sequence(root, store)
    scheduler = Scheduler(SchedulerContext(store, ids, executor, settings.workspace_url))
    jobs = JobStore(root, ids)
    health = Route("/health", _health)
    app = Starlette(routes=[_api(settings, scheduler, jobs), health, _pages(settings, store)])
    return Workspace(_guarded(app, settings), scheduler)


def _guarded(app: Starlette, settings: Settings) -> Guarded:
    """Let through, beside this machine's names, the one in the workspace's own address."""
    own = urlsplit(settings.workspace_url).hostname or ""
    names = allowed(hosts=f"{settings.allowed_hosts},{own}", origins=settings.allowed_origins)
    return Guarded(app, names, pages=True)


def _api(settings: Settings, scheduler: Scheduler, jobs: JobStore) -> Route:
    spark = SparkProbe(*spark_connect.endpoint(settings))
    calls = (
        RunCalls(
            jobs, scheduler, spark, RunAnswers(scheduler.context.store, settings.workspace_url)
        ),
        JobCalls(jobs, scheduler, spark),
        ClusterCalls(spark),
    )
    table = {key: handler for part in calls for key, handler in part.table().items()}
    return Transport(table, settings.workspace_token.get_secret_value()).route()


def _pages(settings: Settings, store: RunStore) -> Mount:
    """Runs and notebooks, for who has the token; health needs none."""
    login = Middleware(
        BrowserLogin,
        token=settings.workspace_token.get_secret_value(),
        cookie_name=f"pincloud-workspace-{settings.workspace_port}",
    )
    return Mount("/", routes=routes(store, settings), middleware=[login])


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})
