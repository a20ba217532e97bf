"""A kernel in reserve, so that a notebook starts without waiting for imports."""

import asyncio
import contextlib

from services.settings import Settings
from services.workspace.execution.child_environment import child_environment
from services.workspace.execution.kernel_process import KernelProcess
from services.workspace.execution.user_process import ProcessDied

_IDLE_SECONDS = 600.0


class KernelPool:
    """Gives out kernels; keeps one ready when it is told to, and ends it when nobody came for ten minutes."""

    def __init__(self, settings: Settings) -> None:
        self._environment = child_environment(settings)
        self._next: asyncio.Task[KernelProcess] | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def refill(self) -> None:
        """Start the next kernel in the background, unless there is one."""
        if self._next is None:
            self._next = self._start()
            loop = asyncio.get_running_loop()
            self._expiry = loop.call_later(_IDLE_SECONDS, self._expire)

    async def take(self) -> KernelProcess:
        """A kernel for one notebook, its receiver's to close.

        Raises:
            ProcessDied: it ended at its start.
        """
        starting = self._reserve()
        if starting:
            with contextlib.suppress(ProcessDied, OSError):
                kernel = await starting
                if kernel.alive:
                    return kernel
                await kernel.close()
        return await self._start()

    async def close(self) -> None:
        """End the kernel in reserve."""
        starting = self._reserve()
        if starting:
            await _end(starting)

    def _start(self) -> asyncio.Task[KernelProcess]:
        return asyncio.ensure_future(KernelProcess.start(self._environment))

    def _reserve(self) -> asyncio.Task[KernelProcess] | None:
        if self._expiry:
            self._expiry.cancel()
        starting, self._next, self._expiry = self._next, None, None
        return starting

    def _expire(self) -> None:
        starting = self._reserve()
        if starting:
            self._ending = asyncio.ensure_future(_end(starting))


async def _end(starting: asyncio.Task[KernelProcess]) -> None:
    starting.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        kernel = await starting
        await kernel.close()
