"""Airflow: its components as services of their own, so that each is watched and ended by itself."""

import sys
from functools import partial

from services.settings import Settings
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.airflow_process.home import prepare
from services.stack.native.service import NativeService


def services(settings: Settings, layout: Layout) -> list[NativeService]:
    """API server with the web pages, scheduler with its workers, DAG processor; a triggerer on request."""
    chosen = [_api(settings, layout), _scheduler(settings, layout), _dags(settings, layout)]
    return [*chosen, _triggerer(settings, layout)] if settings.airflow_triggerer else chosen


def _api(settings: Settings, layout: Layout) -> NativeService:
    return NativeService(
        name="airflow_api",
        command=_command("api-server"),
        ports={"airflow_port": settings.airflow_port},
        ready=partial(probes.airflow, settings, "metadatabase"),
        prepare=partial(prepare, settings, layout),
        url=settings.airflow_url,
    )


def _scheduler(settings: Settings, layout: Layout) -> NativeService:
    """It waits for its running tasks when it is to end; what they have not done by then, the next one does."""
    return NativeService(
        name="airflow_scheduler",
        command=_command("scheduler", "--skip-serve-logs"),
        ports={},
        ready=partial(probes.airflow, settings, "scheduler"),
        prepare=partial(prepare, settings, layout),
        stop_seconds=10,
    )


def _dags(settings: Settings, layout: Layout) -> NativeService:
    return NativeService(
        name="airflow_dags",
        command=_command("dag-processor"),
        ports={},
        ready=partial(probes.airflow, settings, "dag_processor"),
        prepare=partial(prepare, settings, layout),
        url=str(settings.user_dags_dir),
    )


def _triggerer(settings: Settings, layout: Layout) -> NativeService:
    return NativeService(
        name="airflow_triggerer",
        command=_command("triggerer", "--skip-serve-logs"),
        ports={},
        ready=partial(probes.airflow, settings, "triggerer"),
        prepare=partial(prepare, settings, layout),
    )


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "services.stack.native.airflow_process.component", *arguments)
