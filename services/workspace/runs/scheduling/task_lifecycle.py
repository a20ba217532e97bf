"""The lifecycle of one task in a run: waiting for others, attempts, retries."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from services.workspace.runs.definition.graph import skipped_state
from services.workspace.runs.definition.spec import TaskSpec
from services.workspace.runs.scheduling.attempt_execution import execute_attempt
from services.workspace.runs.scheduling.final_states import attempt_output, attempt_state
from services.workspace.runs.scheduling.launching import resolve_parameters, task_launch
from services.workspace.runs.scheduling.planning import next_attempt
from services.workspace.runs.scheduling.scheduler_context import SchedulerContext
from services.workspace.runs.states import (
    LifeCycle,
    Result,
    RunState,
    internal_error,
    timed_out,
    unfinished,
)
from services.workspace.runs.store.attempt_files import (
    position_phrase,
    write_output,
    write_position,
)
from services.workspace.runs.store.run_record import Attempt, Run, now

log = logging.getLogger(__name__)

_PAUSE_OF_ENDLESS_RETRIES = 5.0
"""Seconds between attempts without limit whose interval is 0: a missing notebook fails in no time."""


class TaskLifecycle:
    """Brings one task of a run to its end.

    Attributes:
        done: Set once the task has ended, whichever way.
    """

    def __init__(
        self,
        run: Run,
        task: TaskSpec,
        context: SchedulerContext,
        end_children: Callable[[int], None],
    ) -> None:
        self._run, self._task, self._context = run, task, context
        self._end_children = end_children
        self._reason: RunState | None = None
        self._work: asyncio.Task[None] | None = None
        self.done = asyncio.Event()
        if self.attempt.state.terminal:
            self.done.set()

    @property
    def attempt(self) -> Attempt:
        return self._run.latest(self._task.task_key)

    def start(self, lifecycles: Mapping[str, "TaskLifecycle"]) -> None:
        """Begin, once those of `lifecycles` that it depends on have ended."""
        if self._work is None and not self.done.is_set():
            upstream = {key: lifecycles[key] for key in self._task.upstream}
            self._work = asyncio.create_task(self._run_to_end(upstream))
            self._work.add_done_callback(self._settle)

    def stop(self, reason: RunState) -> None:
        """End it with a state; a second reason changes nothing."""
        if self._reason or self.done.is_set():
            return
        self._reason = reason
        if self._work:
            self._show(self.attempt, unfinished(LifeCycle.TERMINATING, reason.message))
            self._work.cancel()
        else:
            self._finish(self.attempt, reason)
            self.done.set()

    async def abandon(self) -> None:
        """End what runs, and leave on disk that it never ended: the next start tells what became of it."""
        if self._work and not self._work.done():
            self._work.cancel()
            await asyncio.wait({self._work})

    async def _run_to_end(self, upstream: Mapping[str, "TaskLifecycle"]) -> None:
        await asyncio.gather(*(lifecycle.done.wait() for lifecycle in upstream.values()))
        end = skipped_state(
            self._task, {key: lifecycle.attempt.state for key, lifecycle in upstream.items()}
        )
        if end:
            self._finish(self.attempt, end)
        else:
            await self._attempts()

    def _settle(self, work: asyncio.Task[None]) -> None:
        """Give an end to what was stopped, or failed by a fault of ours, before anybody else looks."""
        fault = None if work.cancelled() else work.exception()
        if fault:
            log.error("task %s failed in the workspace", self._task.task_key, exc_info=fault)
        end = internal_error(f"the workspace failed: {fault}") if fault else self._reason
        try:
            if end and not self.attempt.state.terminal:
                self._finish(self.attempt, self._located(end))
        finally:
            if end or self.attempt.state.terminal:
                self.done.set()

    async def _attempts(self) -> None:
        tries = 0
        await self._one(self.attempt)
        while self._again(self.attempt.state, tries):
            tries += 1
            last = self.attempt
            state = unfinished(LifeCycle.WAITING_FOR_RETRY, last.state.message)
            self._run.attempts.append(next_attempt(last, self._context.ids.next_id(), state))
            self._context.save(self._run)
            await asyncio.sleep(self._pause(last))
            await self._one(self.attempt)

    async def _one(self, attempt: Attempt) -> None:
        store = self._context.store
        resolve_parameters(self._run, self._task, attempt, self._context)
        attempt.began = now()
        self._run.began = self._run.began or attempt.began
        self._run.state = unfinished(LifeCycle.RUNNING)
        self._show(attempt, unfinished(LifeCycle.RUNNING))
        launch = task_launch(self._run, self._task, attempt, store)
        limit = self._task.timeout_seconds
        try:
            outcome = await execute_attempt(
                self._context.executor,
                launch,
                lambda text: write_position(launch.folder, text),
                limit,
            )
        finally:
            self._end_children(attempt.run_id)
        if outcome is None:
            over = timed_out(f"the task's timeout_seconds of {limit} were over")
            self._finish(attempt, self._located(over))
            return
        write_output(launch.folder, attempt_output(outcome))
        self._finish(attempt, attempt_state(outcome))

    def _again(self, state: RunState, tries: int) -> bool:
        if state.result is not Result.FAILED and not (
            state.result is Result.TIMEDOUT and self._task.retry_on_timeout
        ):
            return False
        return self._task.max_retries < 0 or tries < self._task.max_retries

    def _pause(self, last: Attempt) -> float:
        """Seconds to wait; the interval is counted from the start of the attempt before."""
        wanted = self._task.min_retry_interval_millis - (now() - last.began)
        least = _PAUSE_OF_ENDLESS_RETRIES if self._task.max_retries < 0 else 0.0
        return max(wanted / 1000, least)

    def _located(self, state: RunState) -> RunState:
        """Say where the attempt was."""
        where = position_phrase(self._context.store.folder(self.attempt.run_id))
        return state.model_copy(update={"message": f"{state.message}{where}"})

    def _finish(self, attempt: Attempt, state: RunState) -> None:
        attempt.ended = now()
        self._show(attempt, state)

    def _show(self, attempt: Attempt, state: RunState) -> None:
        attempt.state = state
        self._context.save(self._run)
