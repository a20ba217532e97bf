"""Repair: one more go at some tasks of a run that has ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.workspace.runs.definition.spec import RunSpec
from services.workspace.runs.refusals import InvalidParameter, InvalidState
from services.workspace.runs.scheduling.planning import first_state, next_attempt
from services.workspace.runs.states import LifeCycle, unfinished
from services.workspace.runs.store.ids import IdSequence
from services.workspace.runs.store.run_record import Overrides, Repair, Run, now


@dataclass(frozen=True)
class RepairRequest:
    """A request for a repair (`runs/repair`).

    Attributes:
        tasks: Keys of tasks to run again.
        all_failed: Run every task again that did not end well.
        dependents: Run those again, too, that depend on a task that is run again.
        latest_repair_id: The newest repair that the caller knows; 0 when it does not say.
        spec: The job as it is now, which may have been changed for the repair's sake.
    """

    tasks: Sequence[str] = ()
    all_failed: bool = False
    dependents: bool = False
    latest_repair_id: int = 0
    overrides: Overrides = field(default_factory=Overrides)
    spec: RunSpec | None = None


def begin_repair(run: Run, request: RepairRequest, ids: IdSequence) -> Repair:
    """Give a run new attempts at its tasks, and make it active again.

    Raises:
        InvalidState: it is active, or was repaired since the caller looked.
        InvalidParameter: there is no such task, or nothing to repair.
    """
    _check(run, request)
    run.spec = _current(run.spec, request.spec)
    keys = _to_rerun(run, request)
    repair_id, *attempts = ids.take(1 + len(keys))
    for run_id, key in zip(attempts, keys, strict=True):
        state = first_state(run.spec.task(key))
        run.attempts.append(next_attempt(run.latest(key), run_id, state, repair_id))
    run.first_state = run.first_state or run.state
    run.state, run.ended = unfinished(LifeCycle.PENDING), 0
    run.overrides = _merged(run.overrides, request.overrides)
    repair = Repair(repair_id=repair_id, created=now(), state=run.state, attempts=attempts)
    run.repairs.append(repair)
    return repair


def _check(run: Run, request: RepairRequest) -> None:
    if not run.state.terminal:
        raise InvalidState(
            f"Run {run.run_id} is active; only a run that has ended can be repaired."
        )
    newest = run.repairs[-1].repair_id if run.repairs else 0
    if request.latest_repair_id and request.latest_repair_id != newest:
        raise InvalidState(
            f"latest_repair_id: the latest repair of run {run.run_id} is {newest or 'none'}, "
            f"not {request.latest_repair_id}."
        )


def _current(old: RunSpec, new: RunSpec | None) -> RunSpec:
    """The job's tasks as they are now, if they are still the same ones by name."""
    if new is None or {one.task_key for one in new.tasks} != {one.task_key for one in old.tasks}:
        return old
    return new


def _to_rerun(run: Run, request: RepairRequest) -> list[str]:
    keys = [task.task_key for task in run.spec.tasks]
    unknown = [key for key in request.tasks if key not in keys]
    if unknown:
        raise InvalidParameter(f"rerun_tasks: run {run.run_id} has no task {', '.join(unknown)}")
    chosen = set(request.tasks)
    if request.all_failed:
        chosen |= {key for key in keys if not run.latest(key).state.good}
    if request.dependents:
        chosen = _with_dependents(run, chosen)
    if not chosen:
        raise InvalidParameter(
            f"Run {run.run_id} has nothing to repair: name rerun_tasks, or set rerun_all_failed_tasks."
        )
    return [key for key in keys if key in chosen]


def _with_dependents(run: Run, chosen: set[str]) -> set[str]:
    while more := {t.task_key for t in run.spec.tasks if chosen & set(t.upstream)} - chosen:
        chosen = chosen | more
    return chosen


def _merged(old: Overrides, new: Overrides) -> Overrides:
    """What the repair says wins over what the run said."""
    return Overrides(
        notebook_params={**old.notebook_params, **new.notebook_params},
        python_params=new.python_params or old.python_params,
        job_parameters={**old.job_parameters, **new.job_parameters},
    )
