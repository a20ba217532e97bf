"""SQLAlchemy 2 with what SQLAlchemy 1 could: `engine.execute("…")`, `connection.execute("…")`, `dict(row)`.

The course's first scripts were written for 1.x; what they call there is an error in 2.x, not another thing,
so whoever wrote for 2.x sees no difference.
"""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Add what is gone; a 1.x still has it all."""
    engine: Any = module.engine
    if hasattr(engine.Engine, "execute"):
        return
    engine.Connection.execute = _of_text(engine.Connection.execute, context)
    engine.Engine.execute = _execute
    _make_mapping(engine.Row)


def _of_text(original: Callable[..., Any], context: ProcessContext) -> Callable[..., Any]:
    """`Connection.execute`, which hands a plain text to the driver."""

    @functools.wraps(original)
    def execute(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
        if not isinstance(statement, str):
            return original(self, statement, *args, **named)
        context.say("SQL without text(), as in SQLAlchemy 1: run as it is", key="sqlalchemy 1")
        return self.exec_driver_sql(statement, *args, **named)

    return execute


def _execute(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
    """`Engine.execute`: on a connection of its own, whose rows are fetched before it goes back."""
    with self.begin() as connection:
        result = connection.execute(statement, *args, **named)
        return result.freeze()() if result.returns_rows else result


def _make_mapping(row_class: Any) -> None:
    """Rows by their columns' names, as `dict(row)` wants them; by position they are tuples as before."""
    original = row_class.__getitem__

    def __getitem__(self: Any, key: Any) -> Any:
        return self._mapping[key] if isinstance(key, str) else original(self, key)

    row_class.__getitem__ = __getitem__
    for name in ("keys", "values", "items"):
        setattr(row_class, name, _asked_of_mapping(name))


def _asked_of_mapping(name: str) -> Callable[[Any], Any]:
    def asked(self: Any) -> Any:
        return getattr(self._mapping, name)()

    asked.__name__ = name
    return asked
