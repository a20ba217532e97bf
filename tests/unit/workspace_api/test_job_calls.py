"""Jobs and clusters over the API (cases J7–J9; 1.2, 1.3)."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.support.workspace_api import CLUSTER, Bench, bench, notebook


def _settings(name: str, path: str = "/ok", **fields: Any) -> dict[str, Any]:
    return {"name": name, "tasks": [notebook("only", path, **CLUSTER)], **fields}


async def _result(it: Bench, run_id: int) -> dict[str, Any]:
    run = await it.ended(run_id)
    output = await it.get("jobs/runs/get-output", run_id=run["tasks"][0]["run_id"])
    found: dict[str, Any] = json.loads(output["notebook_output"]["result"])
    return found


def test_a_job_is_created_read_changed_and_deleted(tmp_path: Path) -> None:
    """Reset replaces, update merges tasks by key, ids may come as text."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            job_id = (await it.post("jobs/create", **_settings("one", timeout_seconds=9)))["job_id"]
            await it.post(
                "jobs/update",
                job_id=str(job_id),
                new_settings={"tasks": [notebook("second", "/ok", **CLUSTER)]},
                fields_to_remove=["timeout_seconds"],
            )
            job = await it.get("jobs/get", job_id=job_id)
            assert [task["task_key"] for task in job["settings"]["tasks"]] == ["only", "second"]
            assert "timeout_seconds" not in job["settings"]
            await it.post("jobs/reset", job_id=job_id, new_settings=_settings("two"))
            job = await it.get("jobs/get", job_id=job_id)
            assert job["settings"] == _settings("two")
            wrong = await it.post("jobs/reset", 400, job_id=job_id, new_settings={"tasks": [1]})
            assert wrong["message"] == "tasks[0]: a map is expected"
            await it.post("jobs/delete", job_id=job_id)
            await it.get("jobs/get", 400, job_id=job_id)

    asyncio.run(story())


def test_jobs_are_listed_in_pages_and_found_by_name_whatever_its_case(tmp_path: Path) -> None:
    """An empty page token is the first page; tasks are shown only when asked for."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            for number in range(7):
                await it.post("jobs/create", **_settings(f"Job {number}"))
            page = await it.get("jobs/list", limit=3, page_token="", expand_tasks="False")
            names = [job["settings"]["name"] for job in page["jobs"]]
            assert "tasks" not in page["jobs"][0]["settings"]
            while token := page.get("next_page_token"):
                page = await it.get("jobs/list", limit=3, page_token=token)
                names += [job["settings"]["name"] for job in page["jobs"]]
            assert names == [f"Job {number}" for number in reversed(range(7))]
            found = (await it.get("jobs/list", name="jOB 3", expand_tasks="True"))["jobs"]
            assert [job["settings"]["name"] for job in found] == ["Job 3"]
            assert found[0]["settings"]["tasks"]
            await it.get("jobs/list", 400, limit=101)

    asyncio.run(story())


def test_parameters_of_run_now_win_over_the_notebooks_own_and_the_jobs_over_both(
    tmp_path: Path,
) -> None:
    """Key by key; numbers become text; references are filled in; empty slots never conflict."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            base = {"a": "1", "b": "1", "run": "{{job.run_id}} {{unknown}}"}
            task = notebook("only", "/ok", **CLUSTER)
            task["notebook_task"]["base_parameters"] = base
            parameters = [{"name": "p", "default": "d"}, {"name": "a", "default": "job"}]
            job_id = (await it.post("jobs/create", name="j", tasks=[task]))["job_id"]
            empty: dict[str, Any] = {"jar_params": [], "python_params": []}
            run = await it.post(
                "jobs/run-now", job_id=job_id, notebook_params={"b": 2, "c": "3"}, **empty
            )
            told = (await _result(it, run["run_id"]))["parameters"]
            assert told == {"a": "1", "b": "2", "c": "3", "run": f"{run['run_id']} {{{{unknown}}}}"}
            await it.post("jobs/update", job_id=job_id, new_settings={"parameters": parameters})
            run = await it.post("jobs/run-now", job_id=job_id, job_parameters={"p": 7})
            told = (await _result(it, run["run_id"]))["parameters"]
            assert (told["a"], told["b"], told["p"]) == ("job", "1", "7")
            both = await it.post(
                "jobs/run-now",
                400,
                job_id=job_id,
                job_parameters={"p": 7},
                notebook_params={"b": 2},
            )
            assert both["message"] == "job_parameters and notebook_params exclude each other"

    asyncio.run(story())


def test_a_job_skips_runs_beyond_its_limit_unless_it_has_a_queue(tmp_path: Path) -> None:
    """SKIPPED at once, or QUEUED until a place is free, oldest first."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            create = await it.post("jobs/create", **_settings("j", "/hold"))
            job_id = create["job_id"]
            first = (await it.post("jobs/run-now", job_id=job_id))["run_id"]
            skipped = await it.ended((await it.post("jobs/run-now", job_id=job_id))["run_id"])
            assert skipped["state"]["life_cycle_state"] == "SKIPPED"
            assert skipped["state"]["result_state"] == "MAXIMUM_CONCURRENT_RUNS_REACHED"
            queue = {"queue": {"enabled": True}}
            await it.post("jobs/update", job_id=job_id, new_settings=queue)
            waiting = [(await it.post("jobs/run-now", job_id=job_id))["run_id"] for _ in range(2)]
            for run_id in waiting:
                run = await it.get("jobs/runs/get", run_id=run_id)
                assert run["state"]["life_cycle_state"] == "QUEUED"
            await it.post("jobs/runs/cancel", run_id=waiting[0])
            assert (await it.ended(waiting[0]))["state"]["result_state"] == "CANCELED"
            it.executor.go.set()
            for run_id in (first, waiting[1]):
                assert (await it.ended(run_id))["state"]["result_state"] == "SUCCESS"
            assert it.executor.together == 1

    asyncio.run(story())


def test_all_runs_of_a_job_are_cancelled_together(tmp_path: Path) -> None:
    """Those of another job go on."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            settings = _settings("j", "/wait", max_concurrent_runs="5")
            job_id = (await it.post("jobs/create", **settings))["job_id"]
            runs = [(await it.post("jobs/run-now", job_id=job_id))["run_id"] for _ in range(2)]
            other = await it.submit("/wait")
            await it.post("jobs/runs/cancel-all", job_id=job_id)
            for run_id in runs:
                assert (await it.ended(run_id))["state"]["result_state"] == "CANCELED"
            assert not it.record(other).state.terminal

    asyncio.run(story())


def test_a_repair_takes_the_jobs_settings_as_they_are_now(tmp_path: Path) -> None:
    """As the provider's repair reasons need: first it updates the job, then it repairs the run."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            job_id = (await it.post("jobs/create", **_settings("j", "/raise")))["job_id"]
            run_id = (await it.post("jobs/run-now", job_id=job_id))["run_id"]
            await it.ended(run_id)
            await it.post("jobs/reset", job_id=job_id, new_settings=_settings("j", "/ok"))
            await it.post("jobs/runs/repair", run_id=run_id, rerun_tasks=["only"])
            assert (await it.ended(run_id))["state"]["result_state"] == "SUCCESS"

    asyncio.run(story())


def test_permissions_are_kept_and_change_nothing(tmp_path: Path) -> None:
    """PATCH answers `{}`."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            job_id = (await it.post("jobs/create", **_settings("j")))["job_id"]
            allowed = {"access_control_list": [{"user_name": "a"}]}
            path = f"/api/2.0/permissions/jobs/{job_id}"
            assert (await it.client.patch(path, json=allowed)).json() == {}
            kept = (await it.client.get(path)).json()
            assert kept["access_control_list"] == allowed["access_control_list"]

    asyncio.run(story())


def test_the_one_cluster_answers_under_any_id_of_the_shape(tmp_path: Path) -> None:
    """Start, restart, delete and libraries answer `{}`; Airflow's connection test reads the versions."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            old = {"cluster_id": "1108-162752-8okw8dgg"}
            cluster = await it.get("clusters/get", 200, **old)
            assert (cluster["state"], cluster["state_message"]) == ("RUNNING", "")
            assert cluster["cluster_id"] == old["cluster_id"]
            (only,) = (await it.get("clusters/list"))["clusters"]
            assert only["cluster_id"] == "1121-000000-pincloud"
            calls = ("clusters/start", "clusters/restart", "clusters/delete", "libraries/install")
            for call in calls:
                assert await it.post(call, 200, **old) == {}
            assert (await it.get("clusters/spark-versions"))["versions"][0].keys() == {
                "key",
                "name",
            }

    asyncio.run(story())
