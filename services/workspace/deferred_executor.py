"""An executor that is imported and made in the background, after the server listens.

Reading notebooks takes seconds of imports, and Airflow's provider gives a workspace that restarts about
three: so the port answers first, and runs wait for the executor.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from services.workspace.task_executor import TaskExecutor, TaskLaunch, TaskOutcome


class StartableExecutor(TaskExecutor, Protocol):
    """An executor with a start and an end of its own."""

    async def start(self) -> None:
        """Prepare; runs may begin meanwhile."""
        ...

    async def close(self) -> None:
        """End what serves no run."""
        ...


class DeferredExecutor:
    """Makes the executor in a thread, and hands every run on to it."""

    def __init__(self, make: Callable[[], StartableExecutor]) -> None:
        """Take what makes it; nothing is imported or started yet."""
        self._make = make
        self._made: asyncio.Task[StartableExecutor] | None = None

    async def start(self) -> None:
        """Make and prepare it."""
        executor = await self._executor()
        await executor.start()

    async def run(self, launch: TaskLaunch, report_position: Callable[[str], None]) -> TaskOutcome:
        """Execute one attempt, once the executor is there."""
        executor = await self._executor()
        return await executor.run(launch, report_position)

    async def close(self) -> None:
        """End what serves no run."""
        if self._made is None:
            return
        await asyncio.wait({self._made})
        if not self._made.exception():
            await self._made.result().close()

    async def _executor(self) -> StartableExecutor:
        """The executor; whoever is cancelled while waiting leaves it to the others."""
        if self._made is None:
            self._made = asyncio.create_task(asyncio.to_thread(self._make))
        return await asyncio.shield(self._made)
