"""mysql-connector-python: both its connections and its pools come through `config`."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .database import Database

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Change what a connection is told."""
    connection = module.MySQLConnectionAbstract
    original, database = connection.config, Database(here)

    @functools.wraps(original)
    def config(self: Any, **named: Any) -> Any:
        if not database.moves(named):
            return original(self, **named)
        database.make_room()
        database.count(self)
        return original(self, **database.moved(named))

    connection.config = config
