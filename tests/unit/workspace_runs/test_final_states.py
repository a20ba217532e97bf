"""How a run ended, from how its tasks did (contract 1.4)."""

import pytest

from services.workspace.runs.definition.spec import RunSpec, TaskSpec
from services.workspace.runs.scheduling.final_states import run_state
from services.workspace.runs.states import (
    LifeCycle,
    Result,
    RunState,
    cancelled,
    excluded,
    failed,
    internal_error,
    succeeded,
    timed_out,
    unfinished,
    upstream_cancelled,
    upstream_failed,
)
from services.workspace.runs.store.run_record import Attempt, Run, RunType

FINE = succeeded()


def _run(first: RunState, second: RunState, *, chained: bool = True, note: str = "") -> Run:
    """A run of `a` and `b`, where `b` may depend on `a`."""
    after = [{"task_key": "a"}] if chained else []
    tasks = [
        TaskSpec(task_key="a"),
        TaskSpec.model_validate({"task_key": "b", "depends_on": after}),
    ]
    return Run(
        run_id=1,
        job_id=2,
        name="r",
        run_type=RunType.SUBMIT_RUN,
        spec=RunSpec(tasks=tasks),
        state=unfinished(LifeCycle.RUNNING),
        created=1,
        attempts=[
            Attempt(run_id=3, task_key="a", state=first, created=1),
            Attempt(run_id=4, task_key="b", state=second, created=1),
        ],
        note=note,
    )


@pytest.mark.parametrize(
    ("first", "second", "result", "message"),
    [
        (FINE, FINE, Result.SUCCESS, ""),
        (FINE, excluded("ALL_FAILED"), Result.SUCCESS, ""),
        (failed("E: x"), upstream_failed(["a"]), Result.FAILED, "task a: E: x"),
        (failed("E: x"), FINE, Result.SUCCESS_WITH_FAILURES, "task a: E: x"),
        (cancelled("by me"), upstream_cancelled(["a"]), Result.CANCELED, "task a: by me"),
        (timed_out("late"), upstream_failed(["a"]), Result.TIMEDOUT, "task a: late"),
        (FINE, timed_out("late"), Result.TIMEDOUT, "task b: late"),
        (FINE, internal_error("died"), Result.FAILED, "task b: died"),
    ],
)
def test_the_last_tasks_decide(
    first: RunState, second: RunState, result: Result, message: str
) -> None:
    """The message names the tasks that went wrong by themselves."""
    state = run_state(_run(first, second))
    assert (state.result, state.message) == (result, message)
    assert state.terminal


def test_a_failure_beside_another_end_counts_most() -> None:
    """Airflow asks for the errors of FAILED runs only."""
    state = run_state(_run(failed("E: x"), timed_out("late"), chained=False))
    assert state.result is Result.FAILED
    assert state.message == "task a: E: x; task b: late"


def test_a_note_stands_in_the_message() -> None:
    """Such as a Git source that was not cloned."""
    assert run_state(_run(FINE, FINE, note="not cloned")).message == "not cloned"
