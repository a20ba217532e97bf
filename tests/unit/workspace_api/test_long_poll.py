"""When `runs/get` is held back for Airflow (contract 1.5)."""

import asyncio
from pathlib import Path

import pytest

from services.workspace.api.long_poll import LongPoll
from tests.support.workspace_api import Bench, bench

AIRFLOW = "databricks-airflow/7.23.0 _/0.0.0 python/3.11 os/linux airflow/3.3.1 operator/X"
GROUP = AIRFLOW.replace("operator/X", "operator/_CreateDatabricksWorkflowOperator")


async def _held(it: Bench, long_poll: LongPoll, run_id: int, caller: str) -> bool:
    """Whether a question is still open after the loop has had many turns."""
    run, attempt = it.workspace.scheduler.context.store.locate(run_id)
    question = asyncio.create_task(long_poll.hold(run, attempt, caller))
    for _ in range(20):
        await asyncio.sleep(0)
    held = not question.done()
    question.cancel()
    return held


@pytest.mark.parametrize(
    ("caller", "expected"),
    [(AIRFLOW, [False, True, True]), (GROUP, [False] * 3), ("curl/8", [False] * 3)],
)
def test_only_airflows_second_question_is_held(
    tmp_path: Path, caller: str, expected: list[bool]
) -> None:
    """The first one wants the link; workflow groups and other clients want the state as it is."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            long_poll = LongPoll(it.workspace.scheduler.context)
            run_id = await it.submit("/wait")
            assert [await _held(it, long_poll, run_id, caller) for _ in expected] == expected

    asyncio.run(story())


def test_a_held_question_is_answered_at_the_end_of_the_run(tmp_path: Path) -> None:
    """The answer tells the end, long before the hold would run out."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            it.client.headers["User-Agent"] = AIRFLOW
            run_id = await it.submit("/hold")
            await it.get("jobs/runs/get", run_id=run_id)
            question = asyncio.create_task(it.get("jobs/runs/get", run_id=run_id))
            await it.launched(1)
            assert not question.done()
            it.executor.go.set()
            assert (await question)["state"]["result_state"] == "SUCCESS"

    asyncio.run(story())


def test_an_operator_that_wants_to_defer_is_not_held_twice(tmp_path: Path) -> None:
    """Its next question follows at once on the one that ran out: answered, it frees its worker."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            long_poll = LongPoll(it.workspace.scheduler.context, seconds=0.01)
            run_id = await it.submit("/wait")
            run, _ = it.workspace.scheduler.context.store.locate(run_id)
            for _ in range(2):
                await long_poll.hold(run, None, AIRFLOW)
            assert not await _held(it, long_poll, run_id, AIRFLOW)

    asyncio.run(story())
