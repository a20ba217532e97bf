"""`inspect.getargspec`, which Python 3.11 has not."""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple


class ArgSpec(NamedTuple):
    """What `getargspec` returned."""

    args: list  # type: ignore[type-arg]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


def getargspec(func: Any) -> ArgSpec:
    """The first four of `getfullargspec`."""
    return ArgSpec(*inspect.getfullargspec(func)[:4])
