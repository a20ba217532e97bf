"""Parameters that Databricks has named differently over the years."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def spelled(**names: str) -> Callable[[_F], _F]:
    """Let a call take other names for its parameters: `spelled(maxBytes="max_bytes")`."""

    def take(call: _F) -> _F:
        @wraps(call)
        def run(*args: Any, **named: Any) -> Any:
            return call(*args, **{names.get(name, name): value for name, value in named.items()})

        return run  # type: ignore[return-value]  # the same call, with more names

    return take
