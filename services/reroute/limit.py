"""`MAX_REQUESTS`: exactly so many acknowledged posts, however many processes post at once."""

import asyncio
from collections.abc import Callable


class Limit:
    """Lets in no more posts than may still be acknowledged; used by one event loop.

    Args:
        most: Acknowledged posts; None for no limit.
        reached: Called once, before the last acknowledgement goes out.
    """

    def __init__(self, most: int | None, reached: Callable[[], None]) -> None:
        self._most = most
        self._reached = reached
        self._acked = 0
        self._underway = 0
        self._changed = asyncio.Condition()

    @property
    def over(self) -> bool:
        """There have been enough."""
        return self._most is not None and self._acked >= self._most

    async def enter(self) -> bool:
        """Wait until a post may be sent; False when none may any more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.over or self._has_room())
            if self.over:
                return False
            self._underway += 1
            return True

    async def leave(self, *, acked: bool) -> None:
        """A post that was let in is settled."""
        async with self._changed:
            self._underway -= 1
            if acked:
                self._acked += 1
                if self._acked == self._most:
                    self._reached()
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return self._most is None or self._acked + self._underway < self._most
