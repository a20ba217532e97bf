"""Runs and attempts as the Jobs API answers them (`runs/get`, `runs/list`)."""

from collections.abc import Sequence
from typing import Any

from services.workspace.api.state_answers import state_answers
from services.workspace.runs.definition.clusters import cluster_of
from services.workspace.runs.scheduling.parameters import job_parameters
from services.workspace.runs.states import LifeCycle, RunState
from services.workspace.runs.store.attempt_files import read_position
from services.workspace.runs.store.run_record import Attempt, Run
from services.workspace.runs.store.run_store import RunStore

TASKS_A_PAGE = 100
USER = "pincloud"
SPARK_CONTEXT_ID = "1"
"""There is one Spark server, and clients only show this."""


class RunAnswers:
    """Shapes runs for clients; `url` is where people find the workspace's pages."""

    def __init__(self, store: RunStore, url: str) -> None:
        self._store, self._url = store, url

    def run(self, run: Run, page: int = 0) -> dict[str, Any]:
        """A run with one page of its attempts, from number `page` on."""
        answer = self.head(run) | {"tasks": self.tasks(run, run.attempts[page:][:TASKS_A_PAGE])}
        if page + TASKS_A_PAGE < len(run.attempts):
            answer["next_page_token"] = str(page + TASKS_A_PAGE)
        return answer

    def attempt(self, run: Run, attempt: Attempt) -> dict[str, Any]:
        """An attempt, asked for by its own id: a run whose only task is itself."""
        first = next(one for one in run.attempts if one.task_key == attempt.task_key)
        return self.head(run) | {
            **self._times(attempt.run_id, attempt),
            **state_answers(self._state(attempt)),
            "run_name": attempt.task_key,
            "number_in_job": attempt.run_id,
            "attempt_number": attempt.number,
            "original_attempt_run_id": first.run_id,
            "trigger": "RETRY" if attempt.number else "ONE_TIME",
            "tasks": self.tasks(run, [attempt]),
        }

    def head(self, run: Run) -> dict[str, Any]:
        """A run without its tasks."""
        answer = {
            **self._times(run.run_id, run),
            **state_answers(self._run_state(run)),
            "job_id": run.job_id,
            "job_run_id": run.run_id,
            "number_in_job": run.run_id,
            "original_attempt_run_id": run.run_id,
            "attempt_number": 0,
            "run_name": run.name,
            "run_type": run.run_type.value,
            "creator_user_name": USER,
            "trigger": "ONE_TIME",
            "format": "MULTI_TASK",
            "cluster_instance": _cluster(cluster_of(run.spec.tasks[0])),
            "overriding_parameters": _overriding(run),
            "job_parameters": _job_parameters(run),
            "job_clusters": [one.model_dump() for one in run.spec.job_clusters],
        }
        if run.spec.git_source:
            answer["git_source"] = run.spec.git_source
        return answer

    def tasks(self, run: Run, attempts: Sequence[Attempt]) -> list[dict[str, Any]]:
        """Attempts, as entries of a run's `tasks`."""
        return [self._task(run, attempt) for attempt in attempts]

    def history(self, run: Run) -> list[dict[str, Any]]:
        """The run's first go, and its repairs."""
        first = [one for one in run.attempts if not one.repair_id]
        original = {
            "type": "ORIGINAL",
            "start_time": run.created,
            "end_time": max(one.ended for one in first),
            "task_run_ids": [one.run_id for one in first],
            **state_answers(run.first_state or run.state),
        }
        repairs = [
            {
                "type": "REPAIR",
                "id": one.repair_id,
                "start_time": one.created,
                "end_time": one.ended,
                "task_run_ids": one.attempts,
                **state_answers(one.state if one.ended else run.state),
            }
            for one in run.repairs
        ]
        return [original, *repairs]

    def _task(self, run: Run, attempt: Attempt) -> dict[str, Any]:
        task = run.spec.task(attempt.task_key)
        return {
            **task.model_dump(mode="json", exclude_none=True),
            **self._times(attempt.run_id, attempt),
            **state_answers(self._state(attempt)),
            "attempt_number": attempt.number,
            "cluster_instance": _cluster(cluster_of(task)),
        }

    def _state(self, attempt: Attempt) -> RunState:
        """An attempt's state; while it runs, its message says how far it has come."""
        if attempt.state.life_cycle is not LifeCycle.RUNNING:
            return attempt.state
        position = read_position(self._store.folder(attempt.run_id))
        return attempt.state.model_copy(update={"message": position})

    def _run_state(self, run: Run) -> RunState:
        """A run's state; while it runs, its message says how far its tasks have come."""
        if run.state.life_cycle is not LifeCycle.RUNNING:
            return run.state
        running = [one for one in run.attempts if one.state.life_cycle is LifeCycle.RUNNING]
        texts = [f"{one.task_key}: {self._state(one).message}" for one in running]
        return run.state.model_copy(update={"message": "; ".join(texts)})

    def _times(self, run_id: int, record: Run | Attempt) -> dict[str, Any]:
        """Ids, link and times (ms): setup is until execution begins."""
        end, began = record.ended, record.began
        return {
            "run_id": run_id,
            "run_page_url": f"{self._url}/runs/{run_id}",
            "start_time": record.created,
            "end_time": end,
            "setup_duration": began - record.created if began else 0,
            "execution_duration": end - began if began and end else 0,
            "cleanup_duration": 0,
            "run_duration": end - record.created if end else 0,
        }


def shown_error(state: RunState, error: str) -> str:
    """The error of an attempt for `get-output`: Airflow shows nothing else. Never empty after a failure."""
    if error or state.good or not state.terminal:
        return error
    return state.message


def _cluster(cluster_id: str) -> dict[str, str]:
    return {"cluster_id": cluster_id, "spark_context_id": SPARK_CONTEXT_ID}


def _overriding(run: Run) -> dict[str, Any]:
    return {name: value for name, value in run.overrides.model_dump().items() if value}


def _job_parameters(run: Run) -> list[dict[str, str]]:
    defaults = {parameter.name: parameter.default for parameter in run.spec.parameters}
    return [
        {"name": name, "default": defaults.get(name, ""), "value": value}
        for name, value in job_parameters(run).items()
    ]
