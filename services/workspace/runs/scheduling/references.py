"""Values for references such as `{{job.run_id}}` and `{{tasks.clean.values.rows}}` in parameters."""

import json
from datetime import UTC, datetime
from pathlib import Path

from services.workspace.runs.definition.request_model import as_text
from services.workspace.runs.scheduling.parameters import job_parameters
from services.workspace.runs.store.run_record import Attempt, Run


def references(run: Run, attempt: Attempt, values: Path) -> dict[str, str]:
    """Everything that a parameter of this attempt can refer to, in Databricks' old and new words."""
    started = datetime.fromtimestamp(run.created / 1000, UTC)
    named = {
        "job.id": run.job_id,
        "job_id": run.job_id,
        "job.name": run.name,
        "job.run_id": run.run_id,
        "parent_run_id": run.run_id,
        "job.start_time.iso_date": started.date().isoformat(),
        "job.start_time.iso_datetime": started.isoformat(timespec="seconds"),
        "job.start_time.timestamp_ms": run.created,
        "start_date": started.date().isoformat(),
        "start_time": run.created,
        "task.name": attempt.task_key,
        "task_key": attempt.task_key,
        "task.run_id": attempt.run_id,
        "run_id": attempt.run_id,
        "task.execution_count": attempt.number + 1,
        "task_retry_count": attempt.number,
    }
    of_job = {f"job.parameters.{name}": value for name, value in job_parameters(run).items()}
    return {**{key: str(value) for key, value in named.items()}, **of_job, **_of_tasks(run, values)}


def _of_tasks(run: Run, values: Path) -> dict[str, str]:
    """How the other tasks ended, and the task values that they left."""
    found = {}
    for task in run.spec.tasks:
        state = run.latest(task.task_key).state
        if state.result:
            found[f"tasks.{task.task_key}.result_state"] = state.result.lower()
        for name, value in _left(values / f"{task.task_key}.json").items():
            found[f"tasks.{task.task_key}.values.{name}"] = value
    return found


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
