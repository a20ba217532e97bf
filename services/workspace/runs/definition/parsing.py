"""From a request's JSON (`tasks`, or one task beside the run's fields) to a checked `RunSpec`."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.workspace.runs.definition.graph import check_graph
from services.workspace.runs.definition.request_model import describe_validation_error
from services.workspace.runs.definition.spec import RunSpec, TaskSpec
from services.workspace.runs.refusals import InvalidParameter

KINDS = ("notebook_task", "spark_python_task")
"""The kinds of tasks that run here."""

_SINGLE_TASK_FIELDS = (
    *KINDS,
    "existing_cluster_id",
    "new_cluster",
    "job_cluster_key",
    "environment_key",
    "libraries",
    "description",
    "max_retries",
    "min_retry_interval_millis",
    "retry_on_timeout",
)
_MAX_PARAMETER_BYTES = 1024 * 1024


def parse_run_spec(body: Mapping[str, Any], name: str) -> RunSpec:
    """Read tasks, in either of the two shapes that requests have, and check them.

    A sole task without a key gets the run's name, by which the provider's operators look it up.

    Raises:
        InvalidParameter: a part cannot be used; the message names it.
    """
    sole = body.get("tasks") is None
    tasks = [_single_task(body)] if sole else body["tasks"]
    if not isinstance(tasks, list):
        raise InvalidParameter("tasks: a list of tasks is expected")
    for number, task in enumerate(tasks):
        _check_kind(task, "the request" if sole else f"tasks[{number}]")
    if len(tasks) == 1:
        tasks = [{**tasks[0], "task_key": tasks[0].get("task_key") or name or "Untitled"}]
    spec = _read({**body, "tasks": tasks}, ("tasks", 0) if sole else ())
    check_graph(spec.tasks)
    for task in spec.tasks:
        _check_size(task)
    return spec


def _single_task(body: Mapping[str, Any]) -> dict[str, Any]:
    """The task whose parts stand beside those of the run. The time limit is the run's."""
    return {key: body[key] for key in body if key in _SINGLE_TASK_FIELDS or _is_kind(key)}


def _read(body: Mapping[str, Any], hidden: tuple[int | str, ...]) -> RunSpec:
    try:
        return RunSpec.model_validate(body)
    except ValidationError as error:
        raise InvalidParameter(describe_validation_error(error, hidden)) from error


def _is_kind(key: str) -> bool:
    return key.endswith("_task")


def _check_kind(task: Any, where: str) -> None:
    if not isinstance(task, dict):
        raise InvalidParameter(f"{where}: a map is expected")
    kinds = [key for key in task if _is_kind(key) and task[key] is not None]
    foreign = [kind for kind in kinds if kind not in KINDS]
    if foreign:
        raise InvalidParameter(
            f"{where}: {foreign[0]} does not run here, only {' and '.join(KINDS)} do"
        )
    if len(kinds) != 1:
        raise InvalidParameter(f"{where}: exactly one of {' and '.join(KINDS)} is expected")


def _check_size(task: TaskSpec) -> None:
    parameters = task.notebook_task.base_parameters if task.notebook_task else {}
    if len(json.dumps(parameters)) > _MAX_PARAMETER_BYTES:
        raise InvalidParameter(f"Task {task.task_key}: base_parameters are over 1 MB")
