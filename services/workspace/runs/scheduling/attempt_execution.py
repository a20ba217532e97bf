"""One attempt given to the executor: its timeout, its cancellation, and the executor's own faults."""

import asyncio
import logging
from collections.abc import Callable

from services.workspace.task_executor import OutcomeStatus, TaskExecutor, TaskLaunch, TaskOutcome

log = logging.getLogger(__name__)

_SECONDS_TO_END = 10.0
"""How long an executor may take to end what it started; then the run goes on without it."""


async def execute_attempt(
    executor: TaskExecutor, launch: TaskLaunch, report_position: Callable[[str], None], seconds: int
) -> TaskOutcome | None:
    """Execute an attempt; whatever cancels this cancels the attempt.

    Args:
        executor: Runs it.
        launch: What to do.
        report_position: Called with where it is ("cell 3 of 12").
        seconds: Its limit; 0 for none.

    Returns:
        What became of it; None when the limit was over first.
    """
    work = asyncio.create_task(executor.run(launch, report_position))
    try:
        done, _ = await asyncio.wait({work}, timeout=seconds or None)
        return _outcome(work) if done else None
    finally:
        await _end(work, launch)


def _outcome(work: asyncio.Task[TaskOutcome]) -> TaskOutcome:
    """What became of it; a fault of the executor's own is an end too, so that no run hangs."""
    fault = asyncio.CancelledError() if work.cancelled() else work.exception()
    if fault is None:
        return work.result()
    log.error("the executor failed", exc_info=fault)
    return TaskOutcome(
        OutcomeStatus.INTERNAL_ERROR,
        message=f"the workspace failed: {type(fault).__name__}: {fault}",
    )


async def _end(work: asyncio.Task[TaskOutcome], launch: TaskLaunch) -> None:
    if work.done():
        return
    work.cancel()
    _, stuck = await asyncio.wait({work}, timeout=_SECONDS_TO_END)
    if stuck:
        log.error("run %s was not ended in %g s", launch.run_id, _SECONDS_TO_END)
    elif not work.cancelled() and (fault := work.exception()):
        log.error("run %s ended with an error", launch.run_id, exc_info=fault)
