"""How the tasks of a run depend on each other."""

import re
from collections.abc import Mapping, Sequence

from services.workspace.runs.definition.spec import RunIf, RunSpec, TaskSpec
from services.workspace.runs.refusals import InvalidParameter
from services.workspace.runs.states import (
    Result,
    RunState,
    excluded,
    upstream_cancelled,
    upstream_failed,
)

_KEY = re.compile(r"[\w.-]{1,100}", re.ASCII)


def check_graph(tasks: Sequence[TaskSpec]) -> None:
    """Check keys and dependencies.

    Raises:
        InvalidParameter: a key is no name, stands twice, or the dependencies lead nowhere or in a circle.
    """
    keys = [task.task_key for task in tasks]
    for task in tasks:
        if len(tasks) > 1 and not _KEY.fullmatch(task.task_key):
            raise InvalidParameter(
                f"task_key {task.task_key!r} must be 1 to 100 letters, digits, '_', '-' or '.'"
            )
        if keys.count(task.task_key) > 1:
            raise InvalidParameter(f"task_key {task.task_key} stands twice in tasks")
        for key in task.upstream:
            if key not in keys:
                raise InvalidParameter(
                    f"Task {task.task_key}: depends_on names {key}, which is no task"
                )
    _check_acyclic(tasks)


def _check_acyclic(tasks: Sequence[TaskSpec]) -> None:
    left = {task.task_key: set(task.upstream) for task in tasks}
    while free := [key for key, upstream in left.items() if not upstream & left.keys()]:
        for key in free:
            del left[key]
    if left:
        raise InvalidParameter(f"depends_on goes in a circle between {', '.join(left)}")


def leaf_tasks(spec: RunSpec) -> list[str]:
    """Keys of the tasks that no other one depends on: they decide how the run ended."""
    depended_on = {key for task in spec.tasks for key in task.upstream}
    return [task.task_key for task in spec.tasks if task.task_key not in depended_on]


def skipped_state(task: TaskSpec, upstream: Mapping[str, RunState]) -> RunState | None:
    """The state of a task that is skipped, by how those ended that it depends on; None if it runs."""
    if not upstream or _run_if_met(task.run_if, list(upstream.values())):
        return None
    if task.run_if is not RunIf.ALL_SUCCESS:
        return excluded(task.run_if)
    bad = {key: state for key, state in upstream.items() if not state.good}
    if not bad:
        return excluded(task.run_if)
    if all(_was_cancelled(state) for state in bad.values()):
        return upstream_cancelled(list(bad))
    return upstream_failed(list(bad))


def _run_if_met(run_if: RunIf, states: Sequence[RunState]) -> bool:
    """Excluded tasks count as successful, unless all of them were excluded."""
    successes = sum(state.good for state in states)
    if run_if in {RunIf.ALL_SUCCESS, RunIf.NONE_FAILED}:
        return successes == len(states) and any(s.result is Result.SUCCESS for s in states)
    if run_if is RunIf.AT_LEAST_ONE_SUCCESS:
        return any(state.result is Result.SUCCESS for state in states)
    if run_if is RunIf.AT_LEAST_ONE_FAILED:
        return successes < len(states)
    return run_if is RunIf.ALL_DONE or successes == 0


def _was_cancelled(state: RunState) -> bool:
    return state.result in {Result.CANCELED, Result.UPSTREAM_CANCELED}
