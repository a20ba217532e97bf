"""kill -9 of the workspace in the middle of a notebook (case J19)."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from services.free_ports import free_port
from services.settings import Settings
from services.stack.native.scratch import ScratchStack
from services.workspace.execution.child_environment import child_environment
from tests.support.polling import eventually
from tests.support.workspace_process import WorkspaceProcess, served

pytestmark = pytest.mark.chaos

HEADER = "# Databricks notebook source\n"
SLEEPING = f"{HEADER}import time\n# COMMAND ----------\ntime.sleep(600)\n"
GOOD = f"{HEADER}print(spark.range(5).count())\n"
KILLS = 5


@contextlib.contextmanager
def _workspace(settings: Settings) -> Iterator[WorkspaceProcess]:
    token = settings.workspace_token.get_secret_value()
    command = [sys.executable, "-m", "services.workspace"]
    with served(command, settings.workspace_port, token, child_environment(settings)) as running:
        yield running


@pytest.fixture
def settings(stack: ScratchStack, tmp_path: Path) -> Settings:
    """A workspace of its own over the stack's Spark, with two notebooks."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "sleeping.py").write_text(SLEEPING)
    (notebooks / "good.py").write_text(GOOD)
    port = free_port()
    chosen = {"workspace_port": port, "workspace_url": f"http://127.0.0.1:{port}"}
    folders = {"workspace_dir": notebooks, "state_dir": tmp_path / "state"}
    return stack.settings.model_copy(update={**chosen, **folders})


def test_a_killed_workspace_tells_the_cell_and_leaves_no_kernel(settings: Settings) -> None:
    """Again and again; in between a notebook succeeds, as Airflow's retry would have it."""
    for _ in range(KILLS):
        run_id, kernel = _killed_at_the_second_cell(settings)
        _told_by_the_next(settings, run_id, kernel)


def _killed_at_the_second_cell(settings: Settings) -> tuple[int, psutil.Process]:
    with _workspace(settings) as running:
        run_id = running.submit("/sleeping")
        folder = settings.workspace_state / "runs" / str(run_id)
        eventually("the second cell", lambda: _text(folder, "position") == "cell 2 of 2", 120)
        kernel = psutil.Process(int(_text(folder, "pid").split()[0]))
        running.end(signal.SIGKILL)
    return run_id, kernel


def _told_by_the_next(settings: Settings, run_id: int, kernel: psutil.Process) -> None:
    with _workspace(settings) as running:
        state = running.run(run_id)["state"]
        assert state["life_cycle_state"] == "INTERNAL_ERROR"
        assert state["result_state"] == "FAILED"
        assert state["state_message"].startswith("the workspace stopped at cell 2 of 2")
        eventually("the kernel's end", lambda: not _runs(kernel))
        assert running.ended(running.submit("/good"))["result_state"] == "SUCCESS"
        running.end(signal.SIGTERM)


def _text(folder: Path, name: str) -> str:
    """What a file in the folder of the run's attempt says; nothing while it is not there."""
    return "".join(file.read_text() for file in folder.glob(f"*/{name}"))


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
