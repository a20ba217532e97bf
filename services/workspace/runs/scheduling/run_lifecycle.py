"""The lifecycle of one run: queued, its tasks side by side, its timeout, its final state."""

import asyncio
from collections.abc import Callable

from services.workspace.runs.scheduling.final_states import run_state
from services.workspace.runs.scheduling.scheduler_context import SchedulerContext
from services.workspace.runs.scheduling.task_lifecycle import TaskLifecycle
from services.workspace.runs.states import LifeCycle, RunState, timed_out, unfinished
from services.workspace.runs.store.run_record import Run, now

_WORKFLOW_GROUP = "operator/_CreateDatabricksWorkflowOperator"
_VIEWS_OF_A_WORKFLOW_GROUP = 2
_SECONDS_OF_GRACE = 5.0


def is_workflow_group_run(run: Run) -> bool:
    """Whether a workflow task group of Airflow made the run.

    It asks twice right after the start, and takes anything but PENDING, BLOCKED and RUNNING for a failure.
    """
    return _WORKFLOW_GROUP in run.caller


class RunLifecycle:
    """Brings the open tasks of a run to their end, and then the run."""

    def __init__(
        self, run: Run, context: SchedulerContext, end_children: Callable[[int], None]
    ) -> None:
        self.run = run
        self._context = context
        self._end_children = end_children
        self._reason: RunState | None = None
        self._lifecycles = {
            task.task_key: TaskLifecycle(run, task, context, end_children)
            for task in run.spec.tasks
        }

    def stop(self, reason: RunState) -> None:
        """End the run with a state; a second reason changes nothing."""
        if self._reason or self.run.state.terminal:
            return
        self._reason = reason
        self.run.state = unfinished(LifeCycle.TERMINATING, reason.message)
        self._context.save(self.run)
        for lifecycle in self._lifecycles.values():
            lifecycle.stop(reason)

    def stop_task(self, key: str, reason: RunState) -> None:
        """End one task with a state; what becomes of those that depend on it follows from that."""
        self._lifecycles[key].stop(reason)

    async def run_to_end(self) -> None:
        try:
            await self._queue()
            await self._tasks()
            await self._grace()
        finally:
            self._context.queued.discard(self.run.run_id)
            await asyncio.gather(*(lifecycle.abandon() for lifecycle in self._lifecycles.values()))
        self._end()

    async def _queue(self) -> None:
        context, run = self._context, self.run
        if run.run_id not in context.queued:
            return
        await context.changes.wait_until(lambda: bool(self._reason) or not context.must_wait(run))
        context.queued.discard(run.run_id)
        if not self._reason:
            run.state = unfinished(LifeCycle.PENDING)
            context.save(run)

    async def _tasks(self) -> None:
        for lifecycle in self._lifecycles.values():
            lifecycle.start(self._lifecycles)
        if not await self._done(self.run.spec.timeout_seconds or None):
            self.stop(
                timed_out(f"the run's timeout_seconds of {self.run.spec.timeout_seconds} were over")
            )
            await self._done(None)

    async def _done(self, seconds: float | None) -> bool:
        """Wait for all tasks; False when the seconds were over first."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(
                    *(lifecycle.done.wait() for lifecycle in self._lifecycles.values())
                )
        except TimeoutError:
            return False
        return True

    async def _grace(self) -> None:
        """Do not end before a workflow group has asked for the run twice."""
        if is_workflow_group_run(self.run):
            views = self._context.views
            await self._context.changes.wait_until(
                lambda: views.count(self.run.run_id) >= _VIEWS_OF_A_WORKFLOW_GROUP,
                _SECONDS_OF_GRACE,
            )

    def _end(self) -> None:
        run = self.run
        run.state = self._final()
        run.ended = now()
        if run.repairs:
            run.repairs[-1].state, run.repairs[-1].ended = run.state, run.ended
        self._context.views.forget(run.run_id, *(one.run_id for one in run.attempts))
        self._context.save(run)
        self._end_children(run.run_id)

    def _final(self) -> RunState:
        """What ended the run, should it have ended a task; else what its tasks say."""
        states = [lifecycle.attempt.state for lifecycle in self._lifecycles.values()]
        reason = self._reason
        if reason and len(states) > 1 and any(state.result is reason.result for state in states):
            return reason
        return run_state(self.run)
