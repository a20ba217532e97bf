"""run_if, by how the upstream tasks ended (contract 1.4)."""

import pytest

from services.workspace.runs.definition.graph import leaf_tasks, skipped_state
from services.workspace.runs.definition.spec import RunSpec, TaskSpec
from services.workspace.runs.states import Result, RunState, cancelled, excluded, failed, succeeded

GOOD, BAD, STOPPED, LEFT_OUT = succeeded(), failed("x"), cancelled("x"), excluded("x")
RUNS, EXCLUDED = None, Result.EXCLUDED


def _task(key: str, *upstream: str, run_if: str = "ALL_SUCCESS") -> TaskSpec:
    fields = {"task_key": key, "run_if": run_if, "depends_on": [{"task_key": k} for k in upstream]}
    return TaskSpec.model_validate(fields)


@pytest.mark.parametrize(
    ("run_if", "upstream", "expected"),
    [
        ("ALL_SUCCESS", [GOOD, GOOD], RUNS),
        ("ALL_SUCCESS", [GOOD, LEFT_OUT], RUNS),
        ("ALL_SUCCESS", [LEFT_OUT, LEFT_OUT], EXCLUDED),
        ("ALL_SUCCESS", [GOOD, BAD], Result.UPSTREAM_FAILED),
        ("ALL_SUCCESS", [STOPPED, BAD], Result.UPSTREAM_FAILED),
        ("ALL_SUCCESS", [GOOD, STOPPED], Result.UPSTREAM_CANCELED),
        ("AT_LEAST_ONE_SUCCESS", [GOOD, BAD], RUNS),
        ("AT_LEAST_ONE_SUCCESS", [BAD, LEFT_OUT], EXCLUDED),
        ("NONE_FAILED", [GOOD, LEFT_OUT], RUNS),
        ("NONE_FAILED", [GOOD, BAD], EXCLUDED),
        ("ALL_DONE", [BAD, STOPPED], RUNS),
        ("AT_LEAST_ONE_FAILED", [GOOD, BAD], RUNS),
        ("AT_LEAST_ONE_FAILED", [GOOD, GOOD], EXCLUDED),
        ("ALL_FAILED", [BAD, BAD], RUNS),
        ("ALL_FAILED", [GOOD, BAD], EXCLUDED),
    ],
)
def test_a_task_runs_or_not_by_those_before_it(
    run_if: str, upstream: list[RunState], expected: Result | None
) -> None:
    """Without a condition the state names the upstream tasks' fate; with one it is EXCLUDED."""
    states = {f"t{number}": state for number, state in enumerate(upstream)}
    end = skipped_state(_task("z", *states, run_if=run_if), states)
    assert (end.result if end else None) == expected


def test_a_task_without_upstream_always_runs() -> None:
    """Whatever its condition says."""
    assert skipped_state(_task("a", run_if="ALL_FAILED"), {}) is None


def test_leaves_are_the_tasks_that_none_depends_on() -> None:
    """They decide how the run ended."""
    spec = RunSpec(tasks=[_task("a"), _task("b", "a"), _task("c", "a"), _task("d", "c")])
    assert leaf_tasks(spec) == ["b", "d"]
