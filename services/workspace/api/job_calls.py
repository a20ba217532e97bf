"""The Jobs API's calls about jobs: create, reset, update, delete, get, list, run-now, permissions."""

from typing import Any

from services.workspace.api import request_fields
from services.workspace.api.api_call import Answer, ApiCall, Handler
from services.workspace.api.error_answers import invalid_parameter
from services.workspace.api.run_answers import USER
from services.workspace.api.spark_probe import SparkProbe
from services.workspace.runs.definition.clusters import check_clusters
from services.workspace.runs.definition.parsing import parse_run_spec
from services.workspace.runs.definition.spec import RunSpec
from services.workspace.runs.scheduling.planning import RunRequest
from services.workspace.runs.scheduling.scheduler import Scheduler
from services.workspace.runs.store.job_store import Job, JobStore, merged_settings
from services.workspace.runs.store.run_record import RunType

_EXPANDED = ("tasks", "job_clusters")
_MAX_NAME = 4096


class JobCalls:
    def __init__(self, jobs: JobStore, scheduler: Scheduler, spark: SparkProbe) -> None:
        self._jobs, self._scheduler, self._spark = jobs, scheduler, spark
        self._store = scheduler.context.store

    def table(self) -> dict[tuple[str, str], Handler]:
        return {
            ("POST", "jobs/create"): self.create,
            ("POST", "jobs/reset"): self.reset,
            ("POST", "jobs/update"): self.update,
            ("POST", "jobs/delete"): self.delete,
            ("GET", "jobs/get"): self.get,
            ("GET", "jobs/list"): self.list,
            ("POST", "jobs/run-now"): self.run_now,
            ("PATCH", "permissions/jobs/*"): self.permit,
            ("PUT", "permissions/jobs/*"): self.permit,
            ("GET", "permissions/jobs/*"): self.permissions,
        }

    async def create(self, call: ApiCall) -> Answer:
        _check(call.fields)
        return {"job_id": self._jobs.create(call.fields).job_id}

    async def reset(self, call: ApiCall) -> Answer:
        asked = request_fields.ChangeJob.model_validate(call.fields)
        job = self._jobs.get(asked.job_id)
        if not asked.new_settings:
            raise invalid_parameter("new_settings is missing")
        return self._change(job, asked.new_settings)

    async def update(self, call: ApiCall) -> Answer:
        asked = request_fields.ChangeJob.model_validate(call.fields)
        job = self._jobs.get(asked.job_id)
        settings = merged_settings(job.settings, asked.new_settings)
        return self._change(
            job, {k: v for k, v in settings.items() if k not in asked.fields_to_remove}
        )

    async def delete(self, call: ApiCall) -> Answer:
        """Forget a job; what runs of it is cancelled."""
        job_id = request_fields.JobId.model_validate(call.fields).job_id
        self._jobs.delete(job_id)
        self._scheduler.cancel_job(job_id, "the deletion of its job")
        return {}

    async def get(self, call: ApiCall) -> Answer:
        return _answer(self._jobs.get(request_fields.JobId.model_validate(call.fields).job_id))

    async def list(self, call: ApiCall) -> Answer:
        """Jobs, newest first; the page token is the last id that was shown."""
        asked = request_fields.ListJobs.model_validate(call.fields)
        found = [
            job
            for job in self._jobs.newest_first()
            if (not asked.page_token or job.job_id < asked.page_token)
            and (not asked.name or job.name.casefold() == asked.name.casefold())
        ]
        shown = found[: asked.limit]
        hidden = () if asked.expand_tasks else _EXPANDED
        answer: Answer = {
            "jobs": [_answer(job, hidden) for job in shown],
            "has_more": len(found) > len(shown),
        }
        if answer["has_more"]:
            answer["next_page_token"] = str(shown[-1].job_id)
        return answer

    async def run_now(self, call: ApiCall) -> Answer:
        asked = request_fields.RunNow.model_validate(call.fields)
        if asked.idempotency_token and (run := self._store.with_token(asked.idempotency_token)):
            return {"run_id": run.run_id, "number_in_job": run.run_id}
        job = self._jobs.get(asked.job_id)
        wanted = request_fields.read_overrides(call.fields)
        spec = _check(job.settings)
        await self._spark.require_reachable()
        request = RunRequest(
            name=job.name,
            run_type=RunType.JOB_RUN,
            spec=spec,
            job_id=job.job_id,
            overrides=wanted,
            token=asked.idempotency_token,
            caller=call.caller,
        )
        run_id = self._scheduler.submit(request).run_id
        return {"run_id": run_id, "number_in_job": run_id}

    async def permit(self, call: ApiCall) -> Answer:
        """Keep a job's permissions, which nothing here asks for."""
        job = self._job_in_path(call)
        self._jobs.save(job.model_copy(update={"permissions": call.fields}))
        return {}

    async def permissions(self, call: ApiCall) -> Answer:
        job = self._job_in_path(call)
        return {"object_id": f"/jobs/{job.job_id}", "object_type": "job", **job.permissions}

    def _job_in_path(self, call: ApiCall) -> Job:
        return self._jobs.get(request_fields.JobId.model_validate({"job_id": call.tail}).job_id)

    def _change(self, job: Job, settings: dict[str, Any]) -> Answer:
        _check(settings)
        self._jobs.save(job.model_copy(update={"settings": settings}))
        return {}


def _check(settings: dict[str, Any]) -> RunSpec:
    """Read a job's settings as a run of it would."""
    name = settings.get("name", "Untitled")
    if not isinstance(name, str) or len(name) > _MAX_NAME:
        raise invalid_parameter(f"name: a text of at most {_MAX_NAME} letters is expected")
    spec = parse_run_spec(settings, name)
    check_clusters(spec)
    return spec


def _answer(job: Job, hidden: tuple[str, ...] = ()) -> Answer:
    settings = {key: value for key, value in job.settings.items() if key not in hidden}
    return {
        "job_id": job.job_id,
        "creator_user_name": USER,
        "created_time": job.created,
        "settings": {"name": job.name, **settings},
    }
