"""After a restart: runs that an earlier process left open end with INTERNAL_ERROR."""

from services.workspace.runs.scheduling.leftover_processes import end_leftover
from services.workspace.runs.states import LifeCycle, RunState, internal_error
from services.workspace.runs.store.attempt_files import position_phrase
from services.workspace.runs.store.run_record import Attempt, Run, now
from services.workspace.runs.store.run_store import RunStore


def end_interrupted_runs(store: RunStore) -> list[int]:
    """End every run that an earlier process left open; return their ids."""
    open_runs = store.active()
    for run in open_runs:
        _end(run, store)
        store.save(run)
    return [run.run_id for run in open_runs]


def _end(run: Run, store: RunStore) -> None:
    attempts = [one for one in run.attempts if not one.state.terminal]
    for attempt in attempts:
        end_leftover(store.folder(attempt.run_id))
        attempt.state = _interrupted_state(attempt, store)
        attempt.ended = now()
    run.state = _of_run(run, attempts)
    run.ended = now()
    if run.repairs and not run.repairs[-1].ended:
        run.repairs[-1].state, run.repairs[-1].ended = run.state, run.ended


def _interrupted_state(attempt: Attempt, store: RunStore) -> RunState:
    if not attempt.began:
        return internal_error("the workspace stopped before this task began")
    where = position_phrase(store.folder(attempt.run_id))
    return internal_error(f"the workspace stopped{where}, task {attempt.task_key}")


def _of_run(run: Run, attempts: list[Attempt]) -> RunState:
    """Where the run was: at the tasks that had begun, if any had."""
    began = [one.state.message for one in attempts if one.began]
    if began:
        return internal_error("; ".join(began))
    if run.state.life_cycle is LifeCycle.QUEUED:
        return internal_error("the workspace stopped while the run was queued")
    return internal_error("the workspace stopped before any task of the run had begun")
