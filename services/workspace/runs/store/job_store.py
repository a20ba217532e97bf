"""Jobs on disk: `jobs/<job id>.json`."""

import logging
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from services.files import private_folder, write_private
from services.workspace.runs.refusals import JobNotFound
from services.workspace.runs.store.folders import numbered
from services.workspace.runs.store.ids import IdSequence
from services.workspace.runs.store.run_record import now

log = logging.getLogger(__name__)

_MERGED_BY = {"tasks": "task_key", "job_clusters": "job_cluster_key", "parameters": "name"}
"""Lists of settings that an update merges, and the key that tells their members apart."""


class Job(BaseModel):
    """A job: its settings are kept in the caller's own words, and were checked before.

    Attributes:
        created: In ms.
        permissions: What was last set by `permissions/jobs/<id>`.
    """

    job_id: int
    created: int
    settings: dict[str, Any]
    permissions: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return str(self.settings.get("name") or "Untitled")


class JobStore:
    """Every job, in memory and on disk."""

    def __init__(self, root: Path, ids: IdSequence) -> None:
        self._folder = private_folder(root / "jobs")
        self._ids = ids
        self._jobs: dict[int, Job] = {}
        for job_id in numbered(self._folder):
            self._read(job_id)

    def create(self, settings: dict[str, Any]) -> Job:
        job = Job(job_id=self._ids.next_id(), created=now(), settings=settings)
        self.save(job)
        return job

    def save(self, job: Job) -> None:
        write_private(self._file(job.job_id), job.model_dump_json())
        self._jobs[job.job_id] = job

    def find(self, job_id: int) -> Job | None:
        return self._jobs.get(job_id)

    def get(self, job_id: int) -> Job:
        """The job with that id.

        Raises:
            JobNotFound: there is none.
        """
        if job_id not in self._jobs:
            raise JobNotFound(job_id)
        return self._jobs[job_id]

    def newest_first(self) -> list[Job]:
        return sorted(self._jobs.values(), key=lambda job: job.job_id, reverse=True)

    def delete(self, job_id: int) -> None:
        """Forget a job; its runs stay.

        Raises:
            JobNotFound: there is none.
        """
        self.get(job_id)
        self._file(job_id).unlink()
        del self._jobs[job_id]

    def _file(self, job_id: int) -> Path:
        return self._folder / f"{job_id}.json"

    def _read(self, job_id: int) -> None:
        """Take a job of an earlier process; a damaged one is left aside, and said."""
        try:
            text = self._file(job_id).read_text(encoding="utf-8")
            self._jobs[job_id] = Job.model_validate_json(text)
        except (ValidationError, OSError) as error:
            log.warning("job %s cannot be read and is left aside: %s", self._file(job_id), error)


def merged_settings(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """A job's settings after an update: lists of named members are merged, all else is replaced."""
    result = {**old, **new}
    for field, key in _MERGED_BY.items():
        if isinstance(old.get(field), list) and isinstance(new.get(field), list):
            result[field] = _merged_lists(old[field], new[field], key)
    return result


def _merged_lists(old: list[Any], new: list[Any], key: str) -> list[Any]:
    named = {one.get(key): one for one in [*old, *new] if isinstance(one, dict)}
    return list(named.values())
