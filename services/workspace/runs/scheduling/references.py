"""Values for references such as `{{job.run_id}}` and `{{tasks.clean.values.rows}}` in parameters.

What a run does not have stays as it is written: a table's trigger, a backfill's time, a For each task's input.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from services.workspace.runs.definition.request_model import as_text
from services.workspace.runs.definition.spec import TaskSpec
from services.workspace.runs.scheduling.moments import moment
from services.workspace.runs.scheduling.parameters import filled_job_parameters
from services.workspace.runs.states import Result
from services.workspace.runs.store.run_record import Attempt, Run

_WORKSPACE_ID = "0"
"""That of a Databricks deployment with one workspace."""


def references(run: Run, attempt: Attempt, values: Path, workspace_url: str) -> dict[str, str]:
    """Everything that a parameter of this attempt can refer to, in Databricks' old and new words."""
    started = moment(run.created)
    named = {
        **_of_run(run),
        "task.name": attempt.task_key,
        "task.run_id": attempt.run_id,
        "task.execution_count": attempt.number + 1,
        "task.notebook_path": _path(run.spec.task(attempt.task_key)),
        "task_key": attempt.task_key,
        "run_id": attempt.run_id,
        "task_retry_count": attempt.number,
        "start_date": started["iso_date"],
        "start_time": run.created,
        "workspace.id": _WORKSPACE_ID,
        "workspace.url": workspace_url,
        **{f"job.start_time.{word}": text for word, text in started.items()},
        **{f"job.trigger.time.{word}": text for word, text in started.items()},
    }
    known = {key: str(value) for key, value in named.items()} | dict(_of_tasks(run, values))
    of_job = filled_job_parameters(run, known)
    return known | {f"job.parameters.{name}": value for name, value in of_job.items()}


def _of_run(run: Run) -> dict[str, object]:
    return {
        "job.id": run.job_id,
        "job.name": run.name,
        "job.run_id": run.run_id,
        "job.repair_count": len(run.repairs),
        "job.trigger.type": "onetime",
        "job_id": run.job_id,
        "parent_run_id": run.run_id,
    }


def _of_tasks(run: Run, values: Path) -> Iterator[tuple[str, str]]:
    """How the other tasks ended, and the task values that they left."""
    for task in run.spec.tasks:
        latest, prefix = run.latest(task.task_key), f"tasks.{task.task_key}"
        yield f"{prefix}.run_id", str(latest.run_id)
        yield f"{prefix}.execution_count", str(latest.number + 1)
        yield f"{prefix}.notebook_path", _path(task)
        if latest.state.result:
            yield f"{prefix}.result_state", latest.state.result.lower()
            yield f"{prefix}.error_code", _error_code(latest)
        for name, value in _left(values / f"{task.task_key}.json").items():
            yield f"{prefix}.values.{name}", value


def _error_code(attempt: Attempt) -> str:
    """Databricks' word, `RunExecutionError`; `null` of a task that succeeded."""
    if attempt.state.result is Result.SUCCESS:
        return "null"
    return attempt.state.code.title().replace("_", "")


def _path(task: TaskSpec) -> str:
    return task.notebook_task.notebook_path if task.notebook_task else ""


def _left(file: Path) -> dict[str, str]:
    """Task values; none when the notebook left none, or something else than a map."""
    try:
        left = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(left, dict):
        return {}
    return {name: _text(value) for name, value in left.items()}


def _text(value: object) -> str:
    text = as_text(value)
    return text if isinstance(text, str) else json.dumps(text)
