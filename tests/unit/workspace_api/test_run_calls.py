"""Runs over the Jobs API, with an executor that only says what became of them (cases J1, J5, J6, J9–J13, J21, J22)."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.support.workspace_api import CLUSTER, bench, notebook, states


def test_a_submitted_notebook_runs_and_its_output_is_read_by_its_task(tmp_path: Path) -> None:
    """The sole task bears the run's name; parameters become text; exit's value is the output's result."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit(
                "/ok", run_name="my run", notebook={"base_parameters": {"n": 5, "on": True}}
            )
            run = await it.ended(run_id)
            assert run["state"]["result_state"] == "SUCCESS"
            assert run["status"]["termination_details"]["code"] == "SUCCESS"
            assert run["run_page_url"].endswith(f"/runs/{run_id}")
            (task,) = run["tasks"]
            assert task["task_key"] == "my run"
            assert task["start_time"] > 0
            output = await it.get("jobs/runs/get-output", run_id=task["run_id"])
            assert json.loads(output["notebook_output"]["result"])["parameters"] == {
                "n": "5",
                "on": "true",
            }
            assert "error" not in output
            assert output["metadata"]["run_id"] == task["run_id"]

    asyncio.run(story())


def test_a_failed_notebook_tells_its_error_in_the_output_of_its_task(tmp_path: Path) -> None:
    """The run is TERMINATED/FAILED; asked for by its own id, the task is a run whose only task is itself."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run = await it.ended(await it.submit("/raise"))
            assert run["state"]["life_cycle_state"] == "TERMINATED"
            assert run["state"]["result_state"] == "FAILED"
            assert run["state"]["state_message"] == "NameError: name 'x' is not defined"
            task_id = run["tasks"][0]["run_id"]
            output = await it.get("jobs/runs/get-output", run_id=task_id)
            assert output["error"] == "NameError: name 'x' is not defined\n  line 7"
            assert output["error_trace"] == "the whole trace"
            alone = await it.get("jobs/runs/get", run_id=task_id)
            assert [one["run_id"] for one in alone["tasks"]] == [task_id]
            assert alone["job_id"] == run["job_id"]
            assert alone["state"] == run["tasks"][0]["state"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("path", "code"),
    [("/gone", "RESOURCE_NOT_FOUND"), ("/die", "INTERNAL_ERROR"), ("/crash", "INTERNAL_ERROR")],
)
def test_what_never_ran_to_its_end_is_an_internal_error_with_its_reason(
    tmp_path: Path, path: str, code: str
) -> None:
    """A missing notebook, a dead kernel and a fault of ours are told as such, in the output too."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run = await it.ended(await it.submit(path))
            assert run["state"]["life_cycle_state"] == "INTERNAL_ERROR"
            assert run["state"]["result_state"] == "FAILED"
            assert run["status"]["termination_details"]["code"] == code
            output = await it.get("jobs/runs/get-output", run_id=run["tasks"][0]["run_id"])
            assert output["error"] == run["state"]["state_message"] != ""

    asyncio.run(story())


def test_a_python_file_gets_its_arguments_and_leaves_its_logs(tmp_path: Path) -> None:
    """spark_python_task: a list of parameters in, standard output back."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            script = {"python_file": "dbfs:/ok", "parameters": ["--n", 5]}
            answer = await it.post("jobs/runs/submit", 200, spark_python_task=script, **CLUSTER)
            run = await it.ended(answer["run_id"])
            output = await it.get("jobs/runs/get-output", run_id=run["tasks"][0]["run_id"])
            assert output["logs"] == "printed\n"
            assert "notebook_output" not in output
            assert it.executor.launches[0].arguments == ["--n", "5"]

    asyncio.run(story())


def test_a_task_behind_a_failed_one_is_not_run(tmp_path: Path) -> None:
    """It is UPSTREAM_FAILED, and the run FAILED."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(notebook("a", "/raise"), notebook("b", "/ok", "a"))
            run = await it.ended(run_id)
            assert states(run) == {"a": "FAILED", "b": "UPSTREAM_FAILED"}
            assert run["state"]["result_state"] == "FAILED"
            assert run["state"]["state_message"] == "task a: NameError: name 'x' is not defined"
            assert len(it.executor.launches) == 1

    asyncio.run(story())


def test_tasks_without_dependency_run_side_by_side(tmp_path: Path) -> None:
    """Two of them are with the executor at once; the third waits for both, BLOCKED."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(
                notebook("c", "/ok", "a", "b"), notebook("a", "/hold"), notebook("b", "/hold")
            )
            await it.launched(2)
            run = await it.get("jobs/runs/get", run_id=run_id)
            words = {task["task_key"]: task["state"]["life_cycle_state"] for task in run["tasks"]}
            assert words == {"a": "RUNNING", "b": "RUNNING", "c": "BLOCKED"}
            assert run["state"]["state_message"] == "a: cell 1 of 2; b: cell 1 of 2"
            it.executor.go.set()
            assert states(await it.ended(run_id)) == dict.fromkeys("abc", "SUCCESS")
            assert it.executor.together == 2

    asyncio.run(story())


def test_a_time_limit_given_as_text_ends_the_run(tmp_path: Path) -> None:
    """TIMEDOUT, with the limit and the cell; what was started is ended."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run = await it.ended(await it.submit("/wait", timeout_seconds="1"))
            assert run["state"]["result_state"] == "TIMEDOUT"
            assert run["state"]["state_message"] == (
                "the run's timeout_seconds of 1 were over at cell 1 of 2"
            )
            assert it.executor.ended == [run["tasks"][0]["run_id"]]

    asyncio.run(story())


def test_a_limit_of_a_task_ends_only_that_task_and_is_retried_only_on_request(
    tmp_path: Path,
) -> None:
    """Without retry_on_timeout one attempt is made, with it as many as max_retries allows."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            limits = {"timeout_seconds": 1, "max_retries": 1}
            run_id = await it.submit_tasks(
                notebook("once", "/wait", **limits),
                notebook("twice", "/wait", **limits, retry_on_timeout=True),
                notebook("fine", "/ok"),
            )
            run = await it.ended(run_id)
            keys = sorted(task["task_key"] for task in run["tasks"])
            assert keys == ["fine", "once", "twice", "twice"]
            assert run["state"]["result_state"] == "TIMEDOUT"
            assert states(run)["fine"] == "SUCCESS"

    asyncio.run(story())


def test_cancel_ends_a_run_at_once_and_changes_nothing_afterwards(tmp_path: Path) -> None:
    """TERMINATING, then CANCELED; a second cancel and one of the ended run answer `{}`."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit("/wait")
            await it.launched(1)
            for _ in range(2):
                assert await it.post("jobs/runs/cancel", run_id=run_id) == {}
            run = await it.ended(run_id)
            assert run["state"]["result_state"] == "CANCELED"
            assert run["state"]["user_cancelled_or_timedout"] is True
            assert "cancelled by python-httpx" in run["state"]["state_message"]
            assert it.executor.ended == [run["tasks"][0]["run_id"]]
            assert await it.post("jobs/runs/cancel", run_id=run_id) == {}
            assert await it.get("jobs/runs/get", run_id=run_id) == run

    asyncio.run(story())


def test_a_run_that_is_cancelled_before_it_began_never_begins(tmp_path: Path) -> None:
    """No turn of the event loop lies between submit and cancel: nothing reaches the executor."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(notebook("a", "/wait"), notebook("b", "/ok", "a"))
            it.workspace.scheduler.cancel(run_id, "the test")
            run = await it.ended(run_id)
            assert set(states(run).values()) == {"CANCELED"}
            assert run["state"]["result_state"] == "CANCELED"

    asyncio.run(story())


def test_cancel_of_a_task_leaves_the_others(tmp_path: Path) -> None:
    """By the task's own run id; those behind it are UPSTREAM_CANCELED."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(
                notebook("a", "/wait"), notebook("b", "/ok", "a"), notebook("c", "/hold")
            )
            await it.launched(2)
            tasks = (await it.get("jobs/runs/get", run_id=run_id))["tasks"]
            await it.post("jobs/runs/cancel", run_id=tasks[0]["run_id"])
            it.executor.go.set()
            run = await it.ended(run_id)
            assert states(run) == {"a": "CANCELED", "b": "UPSTREAM_CANCELED", "c": "SUCCESS"}

    asyncio.run(story())


def test_the_same_idempotency_token_gives_one_run(tmp_path: Path) -> None:
    """Also when both come at the same time, and after the run has ended."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            ids = await asyncio.gather(
                *(it.submit("/ok", idempotency_token="t1") for _ in range(5))
            )
            await it.ended(ids[0])
            assert await it.submit("/ok", idempotency_token="t1") == ids[0]
            assert set(ids) == {ids[0]}
            assert len(it.executor.launches) == 1
            await it.post("jobs/runs/delete", run_id=ids[0])
            again = await it.post(
                "jobs/runs/submit",
                400,
                notebook_task={"notebook_path": "/ok"},
                idempotency_token="t1",
                **CLUSTER,
            )
            assert "was deleted" in again["message"]

    asyncio.run(story())


def test_the_output_of_a_run_is_asked_for_by_its_task(tmp_path: Path) -> None:
    """Databricks' own refusal, also for a run with a single task."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit("/ok")
            refusal = await it.get("jobs/runs/get-output", 400, run_id=run_id)
            assert refusal["error_code"] == "INVALID_PARAMETER_VALUE"
            assert refusal["message"].startswith("Retrieving the output of runs with multiple")

    asyncio.run(story())


def test_a_task_that_fails_once_is_tried_again(tmp_path: Path) -> None:
    """Attempts 0 and 1 are listed, each a run of its own; the run succeeds."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(notebook("a", "/raise-once", max_retries="1"))
            run = await it.ended(run_id)
            told = [(t["attempt_number"], t["state"]["result_state"]) for t in run["tasks"]]
            assert told == [(0, "FAILED"), (1, "SUCCESS")]
            assert run["state"]["result_state"] == "SUCCESS"
            second = await it.get("jobs/runs/get", run_id=run["tasks"][1]["run_id"])
            assert second["original_attempt_run_id"] == run["tasks"][0]["run_id"]
            assert second["trigger"] == "RETRY"

    asyncio.run(story())


def test_repair_runs_only_what_failed_and_the_run_is_active_at_once(tmp_path: Path) -> None:
    """The same run id; history tells the first go and the repair; a stale latest_repair_id is refused."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(
                notebook("a", "/ok"), notebook("b", "/raise-once", "a"), notebook("c", "/ok", "b")
            )
            before = await it.ended(run_id)
            assert before["state"]["result_state"] == "FAILED"
            asked = {"run_id": run_id, "rerun_all_failed_tasks": True}
            repair = await it.post("jobs/runs/repair", **asked)
            at_once = await it.get("jobs/runs/get", run_id=run_id)
            assert "result_state" not in at_once["state"]
            await it.ended(run_id)
            run = await it.get("jobs/runs/get", run_id=run_id, include_history="true")
            assert states(run) == dict.fromkeys("abc", "SUCCESS")
            paths = [launch.task_key for launch in it.executor.launches]
            assert paths == ["a", "b", "b", "c"]
            assert [one["type"] for one in run["repair_history"]] == ["ORIGINAL", "REPAIR"]
            assert run["repair_history"][0]["state"] == before["state"]
            assert run["repair_history"][-1]["id"] == repair["repair_id"]
            stale = await it.post("jobs/runs/repair", 400, **asked, latest_repair_id=1)
            assert "latest_repair_id" in stale["message"]

    asyncio.run(story())


def test_runs_of_a_notebook_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """dbutils.notebook.run: a WORKFLOW_RUN is cancelled with its parent."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            parent = await it.submit("/wait")
            child = await it.submit("/wait", run_type="WORKFLOW_RUN", parent_run_id=parent)
            await it.launched(2)
            await it.post("jobs/runs/cancel", run_id=parent)
            run = await it.ended(child)
            assert run["run_type"] == "WORKFLOW_RUN"
            assert run["state"]["result_state"] == "CANCELED"

    asyncio.run(story())


def test_runs_are_listed_newest_first_in_pages(tmp_path: Path) -> None:
    """Each run once, whichever page it is on; active and completed ones can be told apart."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            ids = [await it.submit("/ok") for _ in range(5)]
            await it.ended(ids[-1])
            active = await it.submit("/wait")
            page = await it.get("jobs/runs/list", limit=2, page_token="")
            seen = [run["run_id"] for run in page["runs"]]
            while token := page.get("next_page_token"):
                page = await it.get("jobs/runs/list", limit=2, page_token=token)
                seen += [run["run_id"] for run in page["runs"]]
            assert seen == [active, *reversed(ids)]
            one = await it.get("jobs/runs/list", active_only="True")
            assert [run["run_id"] for run in one["runs"]] == [active]
            await it.get("jobs/runs/list", 400, limit=25)

    asyncio.run(story())


def test_tasks_come_in_pages_of_a_hundred(tmp_path: Path) -> None:
    """A run with 101 attempts has a second page."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            run_id = await it.submit_tasks(*(notebook(f"t{n}", "/ok") for n in range(101)))
            first = await it.ended(run_id)
            assert len(first["tasks"]) == 100
            rest = await it.get("jobs/runs/get", run_id=run_id, page_token=first["next_page_token"])
            assert len(rest["tasks"]) == 1
            assert "next_page_token" not in rest

    asyncio.run(story())
