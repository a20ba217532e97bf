"""Rows that are mappings too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ...process_context import ProcessContext


def patch(module: Any, _: ProcessContext) -> None:
    """Rows by their columns' names, as `dict(row)` wants them; by position they are tuples as before."""
    row_class = module.engine.Row
    original = row_class.__getitem__

    def __getitem__(self: Any, key: Any) -> Any:
        if isinstance(key, (int, slice)):
            return original(self, key)
        return self._mapping[key]

    row_class.__getitem__ = __getitem__
    row_class.has_key = lambda self, key: key in self._mapping
    for name in ("keys", "values", "items"):
        setattr(row_class, name, _asked_of_mapping(name))


def _asked_of_mapping(name: str) -> Callable[[Any], Any]:
    def asked(self: Any) -> Any:
        return getattr(self._mapping, name)()

    asked.__name__ = name
    return asked
