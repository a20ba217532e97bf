"""Keywords that functions took once."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Mapping

from .notices import say

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def take(
    owner: Any, name: str, keywords: Mapping[str, str | None], context: ProcessContext
) -> None:
    """Let `owner.name` take old keywords again: by their new names, or without effect where that is None."""
    original = getattr(owner, name)
    known = inspect.signature(original).parameters
    gone = {old: new for old, new in keywords.items() if old not in known}
    if gone:
        setattr(owner, name, _taking(original, gone, f"{_name(owner)}.{name}", context))


def _taking(
    original: Callable[..., Any],
    gone: Mapping[str, str | None],
    label: str,
    context: ProcessContext,
) -> Callable[..., Any]:
    @functools.wraps(original)
    def function(*args: Any, **named: Any) -> Any:
        for old in gone.keys() & named.keys():
            value, new = named.pop(old), gone[old]
            say(context, f"{label}({old}=…)", instead=new or "")
            if new is not None:
                named[new] = value
        return original(*args, **named)

    return function


def _name(owner: Any) -> str:
    return str(getattr(owner, "__qualname__", owner.__name__))
