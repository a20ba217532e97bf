"""Parameters that Databricks has named differently over the years."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

_R = TypeVar("_R")


def spelled(**names: str) -> Callable[[Callable[..., _R]], Callable[..., _R]]:
    """Let a call take other names for its parameters: `spelled(maxBytes="max_bytes")`."""

    def take(call: Callable[..., _R]) -> Callable[..., _R]:
        @wraps(call)
        def run(*args: Any, **named: Any) -> _R:
            return call(*args, **{names.get(name, name): value for name, value in named.items()})

        return run

    return take
