"""Blocking calls off the event loop, so many at a time, so that readers cannot keep writers waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class AllThreadsBusyError(Exception):
    """There was no room for the call within the time that it may wait; it was not begun."""


class CallThreads:
    """Threads for one kind of call; belongs to one event loop."""

    def __init__(self, name: str, size: int, wait_seconds: float) -> None:
        self._free = asyncio.Semaphore(size)
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=f"kafka-rest-{name}")
        self._wait_seconds = wait_seconds

    async def run(self, function: Callable[[], T]) -> T:
        """Run a call in a thread.

        Raises:
            FullError: the lane stayed full.
        """
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise AllThreadsBusyError from error
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function)
        finally:
            self._free.release()

    def close(self) -> None:
        """Begin no more calls."""
        self._executor.shutdown(wait=False, cancel_futures=True)
