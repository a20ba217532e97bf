"""What a workspace that starts again makes of the one before (case J19)."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.workspace.app import open_workspace
from services.workspace.runs.scheduling.leftover_processes import end_leftover
from services.workspace.runs.store.run_store import RunStore
from tests.support.workspace_api import (
    CLUSTER,
    ScriptedExecutor,
    bench,
    bench_settings,
    notebook,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def _crash(folder: Path, *tasks: dict[str, Any]) -> tuple[int, Path]:
    """Leave a run of some tasks behind as a kill would; return its id and its state folder on disk."""

    async def story() -> int:
        async with bench(folder) as it:
            run_id = await it.submit_tasks(*tasks, idempotency_token="t")
            await it.launched(1)
            before = it.workspace.scheduler.context.store.folder(run_id) / "run.json"
            kept = before.read_text()
        before.write_text(kept)
        return run_id

    return asyncio.run(story()), bench_settings(folder, 1).workspace_state


def test_a_run_that_the_crash_cut_off_says_at_which_cell(tmp_path: Path) -> None:
    """INTERNAL_ERROR/FAILED; tasks that had not begun say so; Airflow finds the text in the output."""
    run_id, _ = _crash(tmp_path, notebook("a", "/wait"), notebook("b", "/ok", "a"))

    async def story() -> None:
        async with bench(tmp_path) as it:
            run = await it.get("jobs/runs/get", run_id=run_id)
            text = "the workspace stopped at cell 1 of 2, task a"
            assert run["state"]["life_cycle_state"] == "INTERNAL_ERROR"
            assert run["state"]["result_state"] == "FAILED"
            assert run["state"]["state_message"] == text
            assert run["end_time"] > 0
            assert [one["state"]["state_message"] for one in run["tasks"]] == [
                text,
                "the workspace stopped before this task began",
            ]
            output = await it.get("jobs/runs/get-output", run_id=run["tasks"][0]["run_id"])
            assert output["error"] == text

    asyncio.run(story())


def test_ids_and_tokens_outlive_a_restart(tmp_path: Path) -> None:
    """No id is given twice, also when what had it was deleted; a token still gives its run."""
    run_id, _ = _crash(tmp_path, notebook("a", "/wait"))

    async def story() -> None:
        async with bench(tmp_path) as it:
            again = await it.submit("/ok", idempotency_token="t")
            assert again == run_id
            await it.post("jobs/runs/delete", run_id=run_id)
        async with bench(tmp_path) as it:
            assert await it.submit("/ok") > run_id + 2
            gone = await it.post(
                "jobs/runs/submit",
                400,
                notebook_task={"notebook_path": "/ok"},
                idempotency_token="t",
                **CLUSTER,
            )
            assert "was deleted" in gone["message"]

    asyncio.run(story())


def test_a_stop_tells_the_same_as_a_crash(tmp_path: Path) -> None:
    """SIGTERM: what runs is ended, and the truth is on the disk before the process goes."""

    async def story() -> int:
        async with bench(tmp_path) as it:
            run_id = await it.submit("/wait")
            await it.launched(1)
            attempt = it.executor.launches[0].run_id
            child = await it.submit("/wait", run_type="WORKFLOW_RUN", parent_run_id=attempt)
            await it.launched(2)
            ended = it.executor.ended
        assert len(ended) == 2
        store = RunStore(bench_settings(tmp_path, 1).workspace_state)
        for one in (run_id, child):
            assert store.get(one).state.message.startswith("the workspace stopped at cell 1 of 2")
        return run_id

    asyncio.run(story())


def test_jobs_are_there_again(tmp_path: Path) -> None:
    """With their ids and settings."""

    async def story() -> None:
        async with bench(tmp_path) as it:
            made = await it.post("jobs/create", name="j", tasks=[notebook("a", "/ok", **CLUSTER)])
        async with bench(tmp_path) as it:
            assert (await it.get("jobs/list"))["jobs"][0]["job_id"] == made["job_id"]
            run = await it.post("jobs/run-now", job_id=made["job_id"])
            assert (await it.ended(run["run_id"]))["state"]["result_state"] == "SUCCESS"

    asyncio.run(story())


def test_one_damaged_run_is_left_aside_and_the_others_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the file."""
    run_id, state = _crash(tmp_path, notebook("a", "/wait"))
    damaged = state / "runs" / "999" / "run.json"
    damaged.parent.mkdir()
    damaged.write_text('{"run_id": 999,')
    (state / "runs" / "1000").mkdir()

    async def story() -> None:
        async with bench(tmp_path) as it:
            await it.get("jobs/runs/get", 404, run_id=999)
            await it.get("jobs/runs/get", run_id=run_id)
            assert await it.submit("/ok") > 1000

    asyncio.run(story())
    assert str(damaged) in caplog.text


@contextlib.contextmanager
def _process() -> Iterator[psutil.Process]:
    """A process at the head of a group of its own, as the executor starts them."""
    with subprocess.Popen(SLEEP, start_new_session=True) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


def test_a_kernel_that_outlived_the_crash_is_ended(tmp_path: Path) -> None:
    """By the pid and the start time in its attempt's folder."""
    with _process() as kernel:
        (tmp_path / "pid").write_text(f"{kernel.pid} {kernel.create_time()}")
        end_leftover(tmp_path)
        assert not kernel.is_running()


def test_the_start_ends_what_the_crash_left_running(tmp_path: Path) -> None:
    """Before it answers; the run is then told as lost."""
    run_id, state = _crash(tmp_path, notebook("a", "/wait"))
    (position,) = (state / "runs" / str(run_id)).glob("*/position")
    with _process() as kernel:
        position.with_name("pid").write_text(f"{kernel.pid} {kernel.create_time()}")
        open_workspace(bench_settings(tmp_path, 1), ScriptedExecutor())
        assert not kernel.is_running()


@pytest.mark.parametrize("text", ["{pid} 12.5", "{pid}", "", "x y", "999999999 1.0"])
def test_a_process_that_only_has_the_number_is_left_alone(tmp_path: Path, text: str) -> None:
    """Numbers are given again; a damaged file names nobody."""
    with _process() as other:
        (tmp_path / "pid").write_text(text.format(pid=other.pid))
        end_leftover(tmp_path)
        assert other.is_running()
        assert other.status() != psutil.STATUS_ZOMBIE
