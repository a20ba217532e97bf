"""The Jobs API's calls about runs: submit, get, get-output, list, cancel, repair, delete."""

from collections.abc import Callable
from itertools import islice

from services.workspace.api import request_fields
from services.workspace.api.api_call import Answer, ApiCall, Handler
from services.workspace.api.error_answers import JobsApiError, invalid_parameter
from services.workspace.api.long_poll import LongPoll
from services.workspace.api.output_answers import output_answer
from services.workspace.api.run_answers import RunAnswers
from services.workspace.api.spark_probe import SparkProbe
from services.workspace.runs.definition.clusters import LOCAL_CLUSTER, check_clusters
from services.workspace.runs.definition.parsing import parse_run_spec
from services.workspace.runs.definition.spec import RunSpec
from services.workspace.runs.scheduling.planning import RunRequest
from services.workspace.runs.scheduling.repairs import RepairRequest
from services.workspace.runs.scheduling.scheduler import Scheduler
from services.workspace.runs.store.job_store import JobStore
from services.workspace.runs.store.run_record import Run, RunType
from services.workspace.runs.store.run_store import RunSummary


class RunCalls:
    """Submits runs, reads them, ends them, begins them again."""

    def __init__(
        self, jobs: JobStore, scheduler: Scheduler, spark: SparkProbe, answers: RunAnswers
    ) -> None:
        self._jobs, self._scheduler = jobs, scheduler
        self._spark, self._answers = spark, answers
        self._store = scheduler.context.store
        self._long_poll = LongPoll(scheduler.context)

    def table(self) -> dict[tuple[str, str], Handler]:
        return {
            ("POST", "jobs/runs/submit"): self.submit,
            ("GET", "jobs/runs/get"): self.get,
            ("GET", "jobs/runs/get-output"): self.get_output,
            ("GET", "jobs/runs/list"): self.list,
            ("GET", "jobs/runs/export"): self.export,
            ("POST", "jobs/runs/cancel"): self.cancel,
            ("POST", "jobs/runs/cancel-all"): self.cancel_all,
            ("POST", "jobs/runs/repair"): self.repair,
            ("POST", "jobs/runs/delete"): self.delete,
        }

    async def submit(self, call: ApiCall) -> Answer:
        """Begin a run of its own. A missing notebook is no error here: the run fails and lists candidates."""
        asked = request_fields.SubmitRun.model_validate(call.fields)
        if asked.idempotency_token and (run := self._store.with_token(asked.idempotency_token)):
            return {"run_id": run.run_id}
        fields = call.fields
        if asked.run_type is RunType.WORKFLOW_RUN:
            fields = {"existing_cluster_id": LOCAL_CLUSTER, **fields}
        spec = parse_run_spec(fields, asked.run_name)
        check_clusters(spec)
        await self._spark.require_reachable()
        request = RunRequest(
            name=asked.run_name,
            run_type=asked.run_type,
            spec=spec,
            token=asked.idempotency_token,
            parent_run_id=asked.parent_run_id,
            caller=call.caller,
        )
        return {"run_id": self._scheduler.submit(request).run_id}

    async def get(self, call: ApiCall) -> Answer:
        """A run, or an attempt by its own id; see `long_poll` for when the answer comes."""
        asked = request_fields.GetRun.model_validate(call.fields)
        run, attempt = self._store.locate(asked.run_id)
        await self._long_poll.hold(run, attempt, call.caller)
        page = asked.page_token
        shape = self._answers
        answer = shape.attempt(run, attempt) if attempt else shape.run(run, page)
        if asked.include_history:
            answer["repair_history"] = shape.history(run)
        return answer

    async def get_output(self, call: ApiCall) -> Answer:
        """What an attempt left behind; a run itself is refused, also one with a single task."""
        run, attempt = self._store.locate(request_fields.RunId.model_validate(call.fields).run_id)
        if attempt is None:
            raise invalid_parameter(
                "Retrieving the output of runs with multiple tasks is not supported. "
                "Please retrieve the output of each individual task run instead."
            )
        metadata = self._answers.attempt(run, attempt)
        return {"metadata": metadata, **output_answer(run, attempt, self._store)}

    async def list(self, call: ApiCall) -> Answer:
        asked = request_fields.ListRuns.model_validate(call.fields)
        if asked.active_only and asked.completed_only:
            raise invalid_parameter("active_only and completed_only exclude each other")
        runs = (run for run in self._store.newest_first(_wanted(asked)) if _fits(run, asked))
        page = list(islice(runs, asked.limit + 1))
        shown = page[: asked.limit]
        shape = self._answers.run if asked.expand_tasks else self._answers.head
        answer: Answer = {"runs": [shape(run) for run in shown], "has_more": len(page) > len(shown)}
        if answer["has_more"]:
            answer["next_page_token"] = str(shown[-1].run_id)
        return answer

    async def export(self, _: ApiCall) -> Answer:
        """Not offered: the run's page has it."""
        raise JobsApiError(
            501, "NOT_IMPLEMENTED", "Open the run's run_page_url: it shows the notebook."
        )

    async def cancel(self, call: ApiCall) -> Answer:
        """Ask for a run's end; one that has ended stays as it is."""
        asked = request_fields.RunId.model_validate(call.fields)
        self._scheduler.cancel(asked.run_id, caller_name(call))
        return {}

    async def cancel_all(self, call: ApiCall) -> Answer:
        asked = request_fields.JobId.model_validate(call.fields)
        self._scheduler.cancel_job(asked.job_id, caller_name(call))
        return {}

    async def repair(self, call: ApiCall) -> Answer:
        """Run some tasks again; the run is active when the answer comes."""
        asked = request_fields.RepairRun.model_validate(call.fields)
        request = RepairRequest(
            tasks=asked.rerun_tasks,
            all_failed=asked.rerun_all_failed_tasks,
            dependents=asked.rerun_dependent_tasks,
            latest_repair_id=asked.latest_repair_id,
            overrides=request_fields.read_overrides(call.fields),
            spec=self._job_now(self._store.get(asked.run_id)),
        )
        await self._spark.require_reachable()
        return {"repair_id": self._scheduler.repair(asked.run_id, request).repair_id}

    def _job_now(self, run: Run) -> RunSpec | None:
        """The settings of a run's job as they are now; None without a job, or without it any more."""
        job = self._jobs.find(run.job_id)
        return parse_run_spec(job.settings, job.name) if job else None

    async def delete(self, call: ApiCall) -> Answer:
        self._store.delete(request_fields.RunId.model_validate(call.fields).run_id)
        return {}


def caller_name(call: ApiCall) -> str:
    """Who asks, by the first word of the user agent."""
    return call.caller.split(" ", 1)[0][:60] or "a client of the API"


def _wanted(asked: request_fields.ListRuns) -> Callable[[RunSummary], bool]:
    """What can be told of a run without reading it."""

    def wanted(head: RunSummary) -> bool:
        return (
            (not asked.page_token or head.run_id < asked.page_token)
            and asked.job_id in {None, head.job_id}
            and asked.run_type in {None, head.run_type}
            and asked.start_time_from <= head.created <= asked.start_time_to
        )

    return wanted


def _fits(run: Run, asked: request_fields.ListRuns) -> bool:
    if asked.active_only or asked.completed_only:
        return run.state.terminal is asked.completed_only
    return True
