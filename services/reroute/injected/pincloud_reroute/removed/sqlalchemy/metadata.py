"""Tables that know their engine: `MetaData(bind=engine)`, `Table(…, autoload=True)`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Callable

from ..notices import say

if TYPE_CHECKING:
    from ...process_context import ProcessContext

_BIND = "_pincloud_bind"


def patch(module: Any, context: ProcessContext) -> None:
    """Keep the engine beside the metadata, and take it where none is named."""
    metadata, engine_types = module.MetaData, (module.engine.Engine, module.engine.Connection)
    metadata.__init__ = _with_bind(metadata.__init__, module, engine_types, context)
    metadata.bind = property(lambda self: vars(self).get(_BIND), _set_bind)
    for name in ("reflect", "create_all", "drop_all"):
        setattr(metadata, name, _bound(getattr(metadata, name)))
    module.Table.bind = property(lambda self: self.metadata.bind)
    for name in ("__init__", "_init_existing"):
        setattr(module.Table, name, _autoloading(getattr(module.Table, name)))


def _set_bind(self: Any, engine: Any) -> None:
    vars(self)[_BIND] = engine


def _with_bind(
    original: Callable[..., None], module: Any, types: tuple[Any, ...], context: ProcessContext
) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        bind = named.pop("bind", None)
        reflects = named.pop("reflect", False)
        if args and (isinstance(args[0], types) or "://" in str(args[0])):
            bind, args = args[0], args[1:]
        original(self, *args, **named)
        if bind is not None:
            say(context, "sqlalchemy.MetaData(bind=…)")
            _set_bind(self, module.create_engine(bind) if isinstance(bind, str) else bind)
        if reflects:
            self.reflect()

    return __init__


def _bound(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def method(self: Any, bind: Any = None, *args: Any, **named: Any) -> Any:
        return original(self, self.bind if bind is None else bind, *args, **named)

    return method


def _autoloading(original: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **named: Any) -> None:
        if named.pop("autoload", False) and "autoload_with" not in named:
            held = args[1] if args[1:] else self.metadata
            named["autoload_with"] = held.bind
        original(self, *args, **named)

    return method
