"""PyYAML before 6: `load` and `load_all` without a Loader take FullLoader, as 5.1 did."""

from __future__ import annotations

import functools
import inspect
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from .notices import say

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_LOADER = "Loader"


def patch(module: ModuleType, context: ProcessContext) -> None:
    """Give the Loader its default again."""
    for name in ("load", "load_all"):
        function = getattr(module, name)
        if inspect.signature(function).parameters[_LOADER].default is inspect.Parameter.empty:
            setattr(module, name, _with_default(function, module, context))


def _with_default(
    original: Callable[..., Any], module: ModuleType, context: ProcessContext
) -> Callable[..., Any]:
    @functools.wraps(original)
    def load(stream: Any, Loader: Any = None) -> Any:
        if Loader is None:
            say(context, f"yaml.{original.__name__} without a Loader", instead="yaml.FullLoader")
            Loader = module.FullLoader
        return original(stream, Loader)

    return load
