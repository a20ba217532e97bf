"""Who runs when: queues, retries, repairs, notebooks that notebooks started, workflow groups."""

import asyncio
from pathlib import Path
from typing import Any

from tests.support.workspace_api import CLUSTER, bench, notebook, states

GROUP = "databricks-airflow/7.23.0 operator/_CreateDatabricksWorkflowOperator"


def _settings(path: str, **fields: Any) -> dict[str, Any]:
    return {"name": "j", "tasks": [notebook("only", path, **CLUSTER)], **fields}


def test_the_oldest_run_in_a_queue_is_the_next(tmp_path: Path) -> None:
    """One after the other, in the order in which they were asked for."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            settings = _settings("/hold", queue={"enabled": True})
            job_id = (await it.post("jobs/create", **settings))["job_id"]
            runs = [(await it.post("jobs/run-now", job_id=job_id))["run_id"] for _ in range(4)]
            await it.launched(1)
            it.executor.go.set()
            await it.ended(runs[-1])
            assert [launch.parent_run_id for launch in it.executor.launches] == runs

    asyncio.run(story())


def test_a_workflow_group_sees_its_run_active_twice(tmp_path: Path) -> None:
    """It takes any other first state for a failure, also when the notebook ended before it looked."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            it.client.headers["User-Agent"] = GROUP
            job_id = (await it.post("jobs/create", **_settings("/ok")))["job_id"]
            run_id = (await it.post("jobs/run-now", job_id=job_id))["run_id"]
            task = it.record(run_id).latest("only")
            await it.until(lambda: task.state.terminal, "the notebook's end")
            for _ in range(100):
                await asyncio.sleep(0)
            for _ in range(2):
                seen = await it.get("jobs/runs/get", run_id=run_id)
                assert seen["state"]["life_cycle_state"] in {"PENDING", "RUNNING", "BLOCKED"}
            assert (await it.ended(run_id))["state"]["result_state"] == "SUCCESS"

    asyncio.run(story())


def test_what_an_attempt_started_ends_with_it(tmp_path: Path) -> None:
    """The rest of the run goes on."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(notebook("a", "/wait"), notebook("b", "/hold"))
            await it.launched(2)
            attempt = it.record(run_id).latest("a").run_id
            child = await it.submit("/wait", run_type="WORKFLOW_RUN", parent_run_id=attempt)
            await it.launched(3)
            await it.post("jobs/runs/cancel", run_id=attempt)
            assert (await it.ended(child))["state"]["result_state"] == "CANCELED"
            assert not it.record(run_id).state.terminal

    asyncio.run(story())


def test_a_repair_runs_those_behind_again_only_on_request(tmp_path: Path) -> None:
    """A task that ran whatever became of the first one has ended well, and stays so."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            after = notebook("b", "/ok", "a", run_if="ALL_DONE")
            run_id = await it.submit_tasks(notebook("a", "/raise-once"), after)
            first = await it.ended(run_id)
            assert first["state"]["result_state"] == "SUCCESS_WITH_FAILURES"
            asked = {"run_id": run_id, "rerun_all_failed_tasks": True}
            await it.post("jobs/runs/repair", 200, **asked)
            assert states(await it.ended(run_id)) == {"a": "SUCCESS", "b": "SUCCESS"}
            assert [one.task_key for one in it.executor.launches] == ["a", "b", "a"]
            again = {"rerun_tasks": ["a"], "rerun_dependent_tasks": True}
            await it.post("jobs/runs/repair", 200, run_id=run_id, **again)
            await it.ended(run_id)
            assert [one.task_key for one in it.executor.launches[3:]] == ["a", "b"]
            nothing = await it.post("jobs/runs/repair", 400, **asked)
            assert "nothing to repair" in nothing["message"]

    asyncio.run(story())


def test_a_retry_waits_for_its_interval(tmp_path: Path) -> None:
    """Counted from the start of the attempt before; meanwhile it is WAITING_FOR_RETRY."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            patient = {"max_retries": 1, "min_retry_interval_millis": 300}
            run_id = await it.submit_tasks(notebook("a", "/raise-once", **patient))
            await it.until(lambda: len(it.record(run_id).attempts) > 1, "the second attempt")
            waiting = it.record(run_id).attempts[-1].state.life_cycle
            assert waiting == "WAITING_FOR_RETRY"
            first, second = (await it.ended(run_id))["tasks"]
            begins = [task["start_time"] + task["setup_duration"] for task in (first, second)]
            assert begins[1] - begins[0] >= 300

    asyncio.run(story())


def test_a_retry_that_is_cancelled_while_it_waits_never_runs(tmp_path: Path) -> None:
    """Retries without limit leave pauses between them, also with an interval of 0."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(notebook("a", "/gone", max_retries=-1))
            await it.until(lambda: len(it.record(run_id).attempts) > 1, "the second attempt")
            await it.post("jobs/runs/cancel", run_id=run_id)
            assert (await it.ended(run_id))["state"]["result_state"] == "CANCELED"
            assert len(it.executor.launches) == 1

    asyncio.run(story())
