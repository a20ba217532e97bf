"""Notebooks carried out by the real kernel on the real Spark; a kernel takes seconds to start, so stories share one."""

import asyncio
import itertools
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest

from services.settings import Settings
from services.workspace.execution.executor import Executor
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome
from tests.support.polling import eventually

_HEADER = "# Databricks notebook source\n"
_NEXT = "\n# COMMAND ----------\n"
_numbers = itertools.count(1)


@pytest.fixture
def settings(spark_infra: Settings, tmp_path: Path) -> Settings:
    """The real infrastructure with notebooks of its own; DBFS is the Spark server's, as it must be."""
    folder = tmp_path / "notebooks" / "user"
    folder.mkdir(parents=True)
    own = {
        "user_id": uuid.uuid4().hex[:12],
        "workspace_dir": folder.parent,
    }
    return spark_infra.model_copy(update=own)


def _attempts(settings: Settings) -> Path:
    return settings.workspace_dir.parent / "attempts"


def _launch(
    kind: Literal["notebook", "python"], path: str, folder: Path, **more: Any
) -> TaskLaunch:
    return TaskLaunch(kind, path, folder, 1, 1, 1, "story", "1121-000000-pincloud", folder, **more)


class Story:
    """One attempt at one notebook, and what there is to look at afterwards."""

    def __init__(self, settings: Settings, *cells: str, **parameters: str) -> None:
        self.number = next(_numbers)
        self.folder = _attempts(settings) / f"attempt-{self.number}"
        self.folder.mkdir(parents=True)
        self.said: list[str] = []
        self._parameters = parameters
        file = settings.workspace_dir / "user" / f"story-{self.number}.py"
        file.write_text(_HEADER + _NEXT.join(cells))

    @property
    def launch(self) -> TaskLaunch:
        """What the scheduler would ask for."""
        path = f"/Users/me@example.com/story-{self.number}"
        return _launch("notebook", path, self.folder, parameters=self._parameters)

    def run(self, settings: Settings) -> TaskOutcome:
        """Carry it out to its end."""
        return asyncio.run(self._run(Executor(settings)))

    async def _run(self, executor: Executor) -> TaskOutcome:
        outcome = await executor.run(self.launch, self.said.append)
        await executor.close()
        return outcome

    def cancel(self, settings: Settings, when: Callable[[], bool]) -> None:
        """Carry it out, and cancel it when a condition holds."""

        async def cancelled() -> None:
            running = asyncio.create_task(Executor(settings).run(self.launch, self.said.append))
            await asyncio.to_thread(eventually, "the moment to cancel", when, 60)
            running.cancel()
            await asyncio.wait({running})

        asyncio.run(cancelled())

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The executed copy's cells."""
        cells: list[dict[str, Any]] = json.loads((self.folder / "executed.ipynb").read_text())[
            "cells"
        ]
        return cells

    def shown(self, cell: int) -> str:
        """Everything that a cell shows as plain text."""
        outputs = self.cells[cell]["outputs"]
        texts = [
            output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs
        ]
        return "".join("".join(text) for text in texts)

    @property
    def process(self) -> int:
        """The kernel's process id, as it was left for a workspace that starts after a crash."""
        return int((self.folder / "pid").read_text().split()[0])


def test_a_notebook_that_fails_says_where_and_stops_there(settings: Settings) -> None:
    """The markdown is kept, modules beside the notebook are found, the copy has outputs and no hidden cells."""
    (settings.workspace_dir / "user" / "beside.py").write_text("def divide(n):\n    return n / 0\n")
    story = Story(
        settings,
        "# MAGIC %md\n# MAGIC # Title",
        "import beside\nprint(dbutils.widgets.get('uid'), spark.range(3).count())\nprint('more')",
        "\nbeside.divide(\n    1)",
        "print('never')",
        uid="abc",
    )

    outcome = story.run(settings)

    assert (outcome.status, outcome.message) == (
        OutcomeStatus.FAILED,
        "ZeroDivisionError: division by zero",
    )
    line = (settings.workspace_dir / "user" / f"story-{story.number}.py").read_text().split("\n")
    assert f"line {line.index('beside.divide(') + 1}, in <module>" in outcome.error
    assert "return n / 0" in outcome.error
    assert story.said[-3:] == ["opening the Spark session", "cell 1 of 3", "cell 2 of 3"]
    assert [cell["cell_type"] for cell in story.cells] == ["markdown", "code", "code", "code"]
    assert story.shown(1) == "abc 3\nmore\n"
    assert story.cells[2]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert (story.cells[3]["outputs"], story.cells[3]["execution_count"]) == ([], None)


def test_an_exit_is_a_success_that_nothing_swallows(settings: Settings) -> None:
    """Cells after it do not run; the kernel, what it left open and its session on Spark are gone afterwards."""
    story = Story(
        settings,
        "kept = open('left-open.txt', 'w')\nkept.write('x')",
        "try:\n    dbutils.notebook.exit('ok')\nexcept Exception:\n    pass\nraise ValueError",
        "print('never')",
    )

    outcome = story.run(settings)

    assert (outcome.status, outcome.exit_value, outcome.error) == (OutcomeStatus.SUCCESS, "ok", "")
    assert story.shown(1) == "Notebook exited: ok"
    assert story.cells[2]["outputs"] == []
    assert (settings.workspace_dir / "user" / "left-open.txt").read_text() == "x"
    assert not psutil.pid_exists(story.process)
    assert list((settings.workspace_state / "sessions").iterdir()) == []


def test_a_kernel_that_is_killed_is_lost_and_its_copy_is_not(settings: Settings) -> None:
    """The message says how and where; what earlier cells showed is on disk."""
    story = Story(
        settings, "print('before')", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )

    outcome = story.run(settings)

    assert outcome.status is OutcomeStatus.INTERNAL_ERROR
    assert "signal 9" in outcome.message
    assert "cell 2 of 2" in outcome.message
    assert story.shown(0) == "before\n"


def test_a_cancelled_notebook_leaves_nothing_behind(settings: Settings) -> None:
    """Neither its kernel, nor what that started, nor its session with a stream in it; its outputs so far stay."""
    story = Story(
        settings,
        "import subprocess, time\nspark.readStream.format('rate').load().writeStream.format('noop').start()\n"
        "print('child', subprocess.Popen(['sleep', '600']).pid)",
        "print('now', flush=True)\ntime.sleep(600)",
    )

    story.cancel(settings, lambda: "cell 2 of 2" in story.said and bool(story.shown(1)))

    child = int(re.findall(r"child (\d+)", story.shown(0))[0])
    eventually("the processes' end", lambda: not any(map(_runs, (story.process, child))))
    assert list((settings.workspace_state / "sessions").iterdir()) == []


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_nothing_is_started_for_a_notebook_that_cannot_be_had(settings: Settings) -> None:
    """Missing, ambiguous, or not what its name says."""
    for name in ("a/twin.py", "b/twin.py", "claen.py"):
        file = settings.workspace_dir / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(_HEADER)
    (settings.workspace_dir / "bad.ipynb").write_text("<html>")
    executor = Executor(settings)

    def run(path: str) -> TaskOutcome:
        launch = _launch("notebook", path, _attempts(settings))
        return asyncio.run(executor.run(launch, lambda _: None))

    _attempts(settings).mkdir(exist_ok=True)
    missing, ambiguous, unreadable = run("/clean"), run("twin"), run("bad")

    assert (missing.status, "/claen" in missing.message) == (OutcomeStatus.NOT_FOUND, True)
    assert (ambiguous.status, "/a/twin.py, /b/twin.py" in ambiguous.message) == (
        OutcomeStatus.NOT_FOUND,
        True,
    )
    assert (unreadable.status, "bad.ipynb" in unreadable.message) == (OutcomeStatus.FAILED, True)
    assert not (_attempts(settings) / "pid").exists()


def test_a_python_file_has_a_notebooks_names_and_keeps_no_secret(settings: Settings) -> None:
    """Spark's errors are told without Java's stack."""
    (settings.workspace_dir / "user" / "job.py").write_text(
        "import sys\nprint(sys.argv[1], spark.range(4).count(), 's3n://KEY:SECRET@bucket/x')\n"
        "from pyspark.sql import SparkSession\n"
        "assert SparkSession.builder.getOrCreate() is spark\nspark.table('nowhere').count()\n"
    )
    folder = _attempts(settings) / "python"
    folder.mkdir(parents=True)
    launch = _launch("python", "job.py", folder, arguments=["a"])

    outcome = asyncio.run(Executor(settings).run(launch, lambda _: None))

    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.message.startswith("AnalysisException: [TABLE_OR_VIEW_NOT_FOUND]")
    assert "a 4 s3n://[REDACTED]@bucket/x" in outcome.logs
    assert "SECRET" not in outcome.logs
    assert "\tat " not in outcome.error
