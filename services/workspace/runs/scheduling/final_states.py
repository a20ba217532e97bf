"""How a run ended, from how its tasks did; how an attempt ended, from what its executor says."""

from collections.abc import Mapping

from services.workspace.runs.definition.graph import leaf_tasks
from services.workspace.runs.states import (
    LifeCycle,
    Result,
    RunState,
    cancelled,
    failed,
    internal_error,
    not_found,
    partly_succeeded,
    succeeded,
    timed_out,
)
from services.workspace.runs.store.run_record import AttemptOutput, Run
from services.workspace.task_executor import OutcomeStatus, TaskOutcome


def attempt_state(outcome: TaskOutcome) -> RunState:
    """The state of an attempt that ended by itself."""
    if outcome.status is OutcomeStatus.SUCCESS:
        return succeeded(outcome.message)
    if outcome.status is OutcomeStatus.FAILED:
        return failed(outcome.message)
    return (not_found if outcome.status is OutcomeStatus.NOT_FOUND else internal_error)(
        outcome.message
    )


def attempt_output(outcome: TaskOutcome) -> AttemptOutput:
    """What it left behind; a failure always leaves an error, which is all that Airflow shows."""
    error = outcome.error or ("" if outcome.status is OutcomeStatus.SUCCESS else outcome.message)
    return AttemptOutput(
        exit_value=outcome.exit_value, error=error, trace=outcome.trace, logs=outcome.logs
    )


def run_state(run: Run) -> RunState:
    """The end of a run all of whose tasks have ended: the tasks that no other depends on decide."""
    states = {task.task_key: run.latest(task.task_key).state for task in run.spec.tasks}
    if len(states) == 1:
        return _noted(next(iter(states.values())), run.note)
    bad = {key: state for key, state in states.items() if not state.good}
    if not bad:
        return succeeded(run.note)
    text = "; ".join([*_reasons(bad), *([run.note] if run.note else [])])
    if all(states[key].good for key in leaf_tasks(run.spec)):
        return partly_succeeded(text)
    return _worst(bad, text)


def _worst(bad: Mapping[str, RunState], text: str) -> RunState:
    """Failed, unless no task failed by itself: then all were cancelled, or over their limit."""
    own = {state.result for state in bad.values() if state.result not in _INHERITED}
    if own == {Result.CANCELED}:
        return cancelled(text)
    if own == {Result.TIMEDOUT}:
        return timed_out(text)
    if all(state.life_cycle is LifeCycle.INTERNAL_ERROR for state in bad.values()):
        return next(iter(bad.values())).model_copy(update={"message": text})
    return failed(text)


_INHERITED = {Result.UPSTREAM_FAILED, Result.UPSTREAM_CANCELED}


def _reasons(bad: Mapping[str, RunState]) -> list[str]:
    """A line a task that went wrong by itself; what only followed from it is not repeated."""
    own = {key: state for key, state in bad.items() if state.result not in _INHERITED}
    return [f"task {key}: {state.message or state.result}" for key, state in own.items()]


def _noted(state: RunState, note: str) -> RunState:
    if not note:
        return state
    text = f"{state.message} ({note})" if state.message else note
    return state.model_copy(update={"message": text})
