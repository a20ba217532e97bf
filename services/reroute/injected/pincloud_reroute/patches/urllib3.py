"""urllib3's own connections, which requests uses: they connect in their own way."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from .proxy_connections import connect_to_door

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Change both connection classes."""
    connect_to_door(module.HTTPConnection, here)
    if hasattr(module.HTTPSConnection, "connect"):
        connect_to_door(module.HTTPSConnection, here)
