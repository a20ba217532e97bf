"""An executor that comes after the server."""

import asyncio
import threading
from pathlib import Path

import pytest

from services.workspace.deferred_executor import DeferredExecutor
from services.workspace.task_executor import OutcomeStatus, TaskLaunch
from tests.support.workspace_api import ScriptedExecutor


def _launch(folder: Path) -> TaskLaunch:
    return TaskLaunch("notebook", "/ok", folder, 1, 1, 1, "k", "c", folder)


def test_a_run_waits_until_the_executor_is_made(tmp_path: Path) -> None:
    """It is made once, off the event loop, however many runs and starts ask for it."""
    go, made = threading.Event(), []

    def make() -> ScriptedExecutor:
        assert go.wait(10)
        made.append(ScriptedExecutor())
        return made[-1]

    async def story() -> None:
        late = DeferredExecutor(make)
        starting = asyncio.create_task(late.start())
        runs = [asyncio.create_task(late.run(_launch(tmp_path), print)) for _ in range(2)]
        impatient = asyncio.create_task(late.run(_launch(tmp_path), print))
        await asyncio.sleep(0)
        impatient.cancel()
        assert not any(run.done() for run in runs)
        go.set()
        assert [(await run).status for run in runs] == [OutcomeStatus.SUCCESS] * 2
        await starting
        await late.close()
        assert len(made) == 1

    asyncio.run(story())


def test_an_executor_that_cannot_be_made_fails_the_runs_and_not_the_end(tmp_path: Path) -> None:
    """Such as when a package is missing."""

    def make() -> ScriptedExecutor:
        raise ImportError("no module")

    async def story() -> None:
        late = DeferredExecutor(make)
        with pytest.raises(ImportError, match="no module"):
            await late.run(_launch(tmp_path), print)
        await late.close()

    asyncio.run(story())
