"""The scheduler: submits runs, cancels them, repairs them."""

import asyncio
import logging
from datetime import UTC, datetime

from services.workspace.runs.refusals import TooManyRuns
from services.workspace.runs.scheduling.planning import RunRequest, plan_run
from services.workspace.runs.scheduling.repairs import RepairRequest, begin_repair
from services.workspace.runs.scheduling.run_lifecycle import RunLifecycle, is_workflow_group_run
from services.workspace.runs.scheduling.scheduler_context import SchedulerContext
from services.workspace.runs.states import LifeCycle, RunState, cancelled, too_many, unfinished
from services.workspace.runs.store.run_record import Repair, Run, RunType, now

log = logging.getLogger(__name__)

MAX_ACTIVE_RUNS = 100
"""Beyond these, requests are refused: each run is a process on this one machine."""


class Scheduler:
    """Every active run; belongs to one event loop, not thread-safe."""

    def __init__(self, context: SchedulerContext) -> None:
        self.context = context
        self._lifecycles: dict[int, RunLifecycle] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._closing = False

    def submit(self, request: RunRequest) -> Run:
        """Begin a run; it is on disk when this returns. A known idempotency token gives its run.

        Raises:
            TooManyRuns: too many are active.
            InvalidState: the token's run was deleted.
        """
        known = self.context.store.with_token(request.token) if request.token else None
        if known:
            return known
        if len(self._lifecycles) >= MAX_ACTIVE_RUNS:
            raise TooManyRuns(
                f"{MAX_ACTIVE_RUNS} runs are active; wait for one to end, or cancel it."
            )
        run = plan_run(request, self.context.ids)
        self._admit(run)
        self.context.save(run)
        if not run.state.terminal:
            self._begin(run)
        return run

    def cancel(self, run_id: int, who: str) -> None:
        """Ask for the end of a run, or of one task by its attempt's id; one that has ended stays as it is.

        Raises:
            RunNotFound: there is none.
        """
        run, attempt = self.context.store.locate(run_id)
        lifecycle = self._lifecycles.get(run.run_id)
        if lifecycle is None:
            return
        reason = _cancelled_by(who)
        if attempt is None:
            lifecycle.stop(reason)
        elif not attempt.state.terminal:
            lifecycle.stop_task(attempt.task_key, reason)

    def cancel_job(self, job_id: int, who: str) -> None:
        for run in self.context.store.active():
            if run.job_id == job_id:
                self.cancel(run.run_id, who)

    def repair(self, run_id: int, request: RepairRequest) -> Repair:
        """Begin a run again; it is active when this returns.

        Raises:
            RunNotFound, InvalidState, InvalidParameter: it cannot be repaired.
        """
        run = self.context.store.get(run_id)
        repair = begin_repair(run, request, self.context.ids)
        self.context.save(run)
        self._begin(run)
        return repair

    async def close(self) -> None:
        """End what runs, leaving on disk that it never ended; the next start tells what became of it."""
        self._closing = True
        running = list(self._running.values())
        for work in running:
            work.cancel()
        if running:
            await asyncio.wait(running)

    def _admit(self, run: Run) -> None:
        """Let a job's run wait, or skip it, when the job allows no more at the same time."""
        if run.run_type is not RunType.JOB_RUN or not self.context.must_wait(run):
            return
        if not run.spec.queue.enabled or not run.spec.max_concurrent_runs:
            self._skip(run, too_many(run.spec.max_concurrent_runs))
            return
        self.context.queued.add(run.run_id)
        if not is_workflow_group_run(run):
            limit = run.spec.max_concurrent_runs
            run.state = unfinished(LifeCycle.QUEUED, f"max_concurrent_runs is {limit}")

    def _skip(self, run: Run, state: RunState) -> None:
        run.state, run.ended = state, now()
        for attempt in run.attempts:
            attempt.state, attempt.ended = state, run.ended

    def _begin(self, run: Run) -> None:
        lifecycle = RunLifecycle(run, self.context, self._end_children)
        self._lifecycles[run.run_id] = lifecycle
        work = asyncio.create_task(lifecycle.run_to_end())
        self._running[run.run_id] = work
        work.add_done_callback(lambda done: self._forget(run.run_id, done))

    def _forget(self, run_id: int, work: asyncio.Task[None]) -> None:
        if self._running.get(run_id) is work:
            del self._lifecycles[run_id], self._running[run_id]
        if not work.cancelled() and (fault := work.exception()):
            log.error("run %s failed in the workspace", run_id, exc_info=fault)

    def _end_children(self, run_id: int) -> None:
        """End the runs that a notebook began, when it ends itself."""
        for run in self.context.store.active():
            if run.parent_run_id == run_id and not self._closing:
                self.cancel(run.run_id, f"the end of run {run_id}, which had started it")


def _cancelled_by(who: str) -> RunState:
    moment = datetime.now(UTC).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")
    return cancelled(f"cancelled by {who} ({moment} UTC)")
