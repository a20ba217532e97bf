"""Puts the classes that work by SQL in the place of Delta's own, in this process."""

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
