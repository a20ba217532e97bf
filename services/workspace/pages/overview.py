"""The first page: jobs, and the newest runs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from services.workspace.pages.run_views import RunView
from services.workspace.runs.store.folders import numbered
from services.workspace.runs.store.job_store import Job
from services.workspace.runs.store.run_store import RunStore

RUNS_A_PAGE = 50


@dataclass(frozen=True)
class JobView:
    """A job, and its newest run."""

    job_id: int
    name: str
    tasks: int
    last: RunView | None


def newest_runs(store: RunStore, skip: int) -> list[RunView]:
    """One page of runs, and one more when others follow."""
    runs = itertools.islice(store.newest_first(), skip, skip + RUNS_A_PAGE + 1)
    return [RunView.of(run) for run in runs]


def jobs(store: RunStore, folder: Path) -> list[JobView]:
    """The jobs that are kept in a folder, by name."""
    views = [_view(job, store) for job in _read(folder)] if folder.is_dir() else []
    return sorted(views, key=lambda view: view.name.casefold())


def _read(folder: Path) -> Iterator[Job]:
    for job_id in numbered(folder):
        try:
            text = (folder / f"{job_id}.json").read_text(encoding="utf-8")
            yield Job.model_validate_json(text)
        except (OSError, ValidationError):
            continue


def _view(job: Job, store: RunStore) -> JobView:
    newest = next(store.newest_first(lambda head: head.job_id == job.job_id), None)
    return JobView(
        job_id=job.job_id,
        name=job.name,
        tasks=len(job.settings.get("tasks") or []),
        last=RunView.of(newest) if newest else None,
    )
