"""Waiting for runs to change, without asking again and again."""

import asyncio
from collections.abc import Callable


class ChangeSignal:
    """Wakes whoever waits whenever a run has changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Something changed: wake those who wait, to check their condition again."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def wait_until(self, holds: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until something holds; False when the seconds were over first."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._event.wait()
        except TimeoutError:
            return False
        return True
