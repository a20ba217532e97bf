"""Puts the classes that work by SQL in the place of Delta's own, in this process."""

from collections.abc import Callable
from typing import Any

import delta
import delta.connect
import delta.connect.tables
import delta.tables

from services.workspace.kernel.delta_tables.builders import (
    SqlMergeBuilder,
    SqlOptimizeBuilder,
    SqlTableBuilder,
)
from services.workspace.kernel.delta_tables.delta_table import SqlDeltaTable

_CLASSES = {
    "DeltaTable": SqlDeltaTable,
    "DeltaMergeBuilder": SqlMergeBuilder,
    "DeltaTableBuilder": SqlTableBuilder,
    "DeltaOptimizeBuilder": SqlOptimizeBuilder,
}


def install() -> None:
    """Change what `from delta.tables import DeltaTable` and its like give."""
    for module in (delta, delta.connect, delta.tables, delta.connect.tables):
        for name, value in _CLASSES.items():
            if hasattr(module, name):
                setattr(module, name, value)


def batch_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function for `foreachBatch`, which finds the same classes in the server's process that calls it."""
    return BatchFunction(function)


class BatchFunction:
    """A user's function; unpickling it imports this module, and calling it installs the classes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, batch: Any, batch_id: int) -> None:
        install()
        self._function(batch, batch_id)
