"""From a run request to a new run, and the first and next attempts at its tasks."""

from dataclasses import dataclass, field

from services.workspace.runs.definition.spec import RunSpec, TaskSpec
from services.workspace.runs.states import LifeCycle, RunState, unfinished
from services.workspace.runs.store.ids import IdSequence
from services.workspace.runs.store.run_record import Attempt, Overrides, Run, RunType, now


@dataclass(frozen=True)
class RunRequest:
    """A request for a new run (`runs/submit`, `run-now`).

    Attributes:
        job_id: The job; None gives the run a job of its own.
        caller: The user agent.
    """

    name: str
    run_type: RunType
    spec: RunSpec
    job_id: int | None = None
    overrides: Overrides = field(default_factory=Overrides)
    token: str = ""
    parent_run_id: int = 0
    caller: str = ""


def plan_run(request: RunRequest, ids: IdSequence) -> Run:
    """A run with the first attempt at each of its tasks."""
    run_id, own_job, *attempts = ids.take(2 + len(request.spec.tasks))
    created = now()
    return Run(
        run_id=run_id,
        job_id=own_job if request.job_id is None else request.job_id,
        name=request.name,
        run_type=request.run_type,
        spec=request.spec,
        state=unfinished(LifeCycle.PENDING),
        created=created,
        overrides=request.overrides,
        attempts=[
            Attempt(run_id=one, task_key=task.task_key, state=first_state(task), created=created)
            for one, task in zip(attempts, request.spec.tasks, strict=True)
        ],
        token=request.token,
        parent_run_id=request.parent_run_id,
        caller=request.caller,
        note=_note(request.spec),
    )


def next_attempt(
    last: Attempt, run_id: int, state: RunState, repair_id: int | None = None
) -> Attempt:
    """One more attempt at the task of an earlier one."""
    return Attempt(
        run_id=run_id,
        task_key=last.task_key,
        state=state,
        created=now(),
        number=last.number + 1,
        repair_id=last.repair_id if repair_id is None else repair_id,
    )


def first_state(task: TaskSpec) -> RunState:
    """Where a task waits before it runs."""
    return unfinished(LifeCycle.BLOCKED if task.depends_on else LifeCycle.PENDING)


def _note(spec: RunSpec) -> str:
    """Git is not cloned here, where there may be no network: say what is run in its place."""
    if not spec.git_source:
        return ""
    return "git_source is not cloned here: its paths are looked up in the workspace folder"
