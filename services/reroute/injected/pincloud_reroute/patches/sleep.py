"""`time.sleep` and `asyncio.sleep`: with FAST=1 those of the user's own code end at once."""

from __future__ import annotations

import functools
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch(module: ModuleType, context: ProcessContext) -> None:
    if context.configuration.fast:
        sleeping: Any = module
        sleeping.sleep = _Sleep(sleeping.sleep, context)


class _Sleep:
    """`sleep`; an object, since a Python function would become a method where a class holds it."""

    def __init__(self, original: Callable[..., Any], context: ProcessContext) -> None:
        functools.update_wrapper(self, original)
        self._original = original
        self._here = context

    def __reduce__(self) -> str:
        """Pickled by its name, as a function is: `pool.map(time.sleep, …)`."""
        return "sleep"

    def __call__(self, delay: Any, *args: Any, **named: Any) -> Any:
        """The caller's file says whose sleep it is."""
        own = self._here.is_own(sys._getframe(1).f_code.co_filename)
        return self._original(0 if own else delay, *args, **named)
