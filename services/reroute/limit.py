"""`MAX_REQUESTS`: exactly so many acknowledged posts, however many processes post at once."""

import asyncio
from collections.abc import Callable


class PostLimit:
    """Lets no more posts pass than may still be acknowledged; used by one event loop.

    Args:
        most: Acknowledged posts; None for no limit.
        on_reached: Called once, before the last acknowledgement goes out.
    """

    def __init__(self, most: int | None, on_reached: Callable[[], None]) -> None:
        self._most = most
        self._on_reached = on_reached
        self._acked = 0
        self._underway = 0
        self._changed = asyncio.Condition()

    @property
    def reached(self) -> bool:
        """As many posts as were asked for are acknowledged."""
        return self._most is not None and self._acked >= self._most

    async def enter(self) -> bool:
        """Wait until a post may be sent; False when none may any more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.reached or self._has_room())
            if self.reached:
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
                    self._on_reached()
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return self._most is None or self._acked + self._underway < self._most
