"""SQLAlchemy 2 with what SQLAlchemy 1 could: `engine.execute("…")`, `dict(row)`, `MetaData(bind=…)`, `select([…])`.

The course's first scripts were written for 1.x; what they call there is an error in 2.x, not another thing,
so whoever wrote for 2.x sees no difference.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import constructs, engines, metadata, rows

if TYPE_CHECKING:
    from ...process_context import ProcessContext


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Add what is gone; a 1.x still has it all."""
    engine: Any = module.engine
    if hasattr(engine.Engine, "execute"):
        return
    for part in (engines, rows, constructs, metadata):
        part.patch(module, context)


def patch_session(module: ModuleType, context: ProcessContext) -> None:
    """`session.execute("…")`, and sessions that were told to commit by themselves."""
    engines.patch_session(module, context)
