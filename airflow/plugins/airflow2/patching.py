"""Replaces a function of Airflow's once."""

import functools
from collections.abc import Callable
from typing import Any

_MARK = "__airflow2__"

Function = Callable[..., Any]


def wrap(owner: Any, name: str, around: Callable[[Function], Function]) -> None:
    """Put `around(original)` in the place of `owner.name`, unless that is done already.

    The new one keeps the original's attributes, `__wrapped__` among them: Airflow compares by it.
    """
    original = getattr(owner, name)
    if hasattr(original, _MARK):
        return
    inner = getattr(original, "__wrapped__", original)
    replacement: Any = functools.wraps(original)(around(original))
    replacement.__wrapped__ = inner
    setattr(replacement, _MARK, True)
    setattr(owner, name, replacement)
