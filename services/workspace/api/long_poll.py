"""Holding `runs/get` back until the run has ended, since Airflow sleeps between its questions.

The operators ask, then sleep 30 s (`polling_period_seconds`): a run of 4 s would cost a user's DAG half a
minute a task. An answer that comes at the run's end, within the provider's own limit of 180 s for a
request, needs no change to the DAG.
"""

import asyncio

from services.workspace.runs.scheduling.run_lifecycle import is_workflow_group_run
from services.workspace.runs.scheduling.scheduler_context import SchedulerContext
from services.workspace.runs.store.run_record import Attempt, Run

_AIRFLOW = "databricks-airflow/"
_WORKFLOW_GROUP = "operator/_CreateDatabricksWorkflowOperator"
_HOLD_SECONDS = 20.0
_AT_ONCE_SECONDS = 1.0
"""A question this soon after a hold that ran out is from an operator that is about to defer: let it."""


class LongPoll:
    """Decides which questions are held, and holds them."""

    def __init__(self, context: SchedulerContext, seconds: float = _HOLD_SECONDS) -> None:
        self._context = context
        self._seconds = seconds
        self._ran_out: dict[int, float] = {}

    async def hold(self, run: Run, attempt: Attempt | None, caller: str) -> None:
        """Wait for the end of what is asked for, if the caller is one that would sleep.

        The first question is answered at once: it is for the link to the run's page.
        """
        record = attempt or run
        if record.state.terminal:
            return
        first = self._context.count_view(record.run_id) == 1
        if first or not self._would_sleep(run, attempt, caller) or self._just_held(record.run_id):
            return
        if await self._context.changes.wait_until(lambda: record.state.terminal, self._seconds):
            self._ran_out.pop(record.run_id, None)
        else:
            self._ran_out[record.run_id] = asyncio.get_running_loop().time()

    def _would_sleep(self, run: Run, attempt: Attempt | None, caller: str) -> bool:
        if not caller.startswith(_AIRFLOW) or _WORKFLOW_GROUP in caller:
            return False
        return attempt is not None or not is_workflow_group_run(run)

    def _just_held(self, run_id: int) -> bool:
        ran_out = self._ran_out.get(run_id)
        now = asyncio.get_running_loop().time()
        return ran_out is not None and now - ran_out < _AT_ONCE_SECONDS
