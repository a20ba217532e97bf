"""aiohttp: an answer that says that there have been enough."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..stop import HEADER

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Look at the headers of every answer."""
    original = module.ClientResponse.start

    @functools.wraps(original)
    async def start(self: Any, *args: Any, **named: Any) -> Any:
        response = await original(self, *args, **named)
        here.stop.heed(self.headers.get(HEADER))
        return response

    module.ClientResponse.start = start
