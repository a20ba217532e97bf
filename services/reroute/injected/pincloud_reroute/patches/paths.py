"""`open`, `os.path.exists` and `os.path.isfile`: missing credential files seem to be there."""

from __future__ import annotations

import builtins
import functools
import io
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..credentials.files import Offers

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Change the functions."""
    offers = Offers(here)
    opener = _Open(builtins.open, offers)
    builtins.open = io.open = opener
    paths: Any = module.path
    for name in ("exists", "isfile"):
        setattr(paths, name, _Is(getattr(paths, name), offers))


class _Open:
    """`open`; an object, since a Python function would become a method where a class holds it."""

    def __init__(self, original: Callable[..., Any], offers: Offers) -> None:
        functools.update_wrapper(self, original)
        self._original = original
        self._offers = offers

    def __reduce__(self) -> str:
        """Pickled by its name, as a function is."""
        return "open"

    def __call__(self, file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        try:
            return self._original(file, mode, *args, **named)
        except FileNotFoundError:
            stand_in = self._offers.take(file) if "r" in mode and "+" not in mode else None
            if stand_in is None:
                raise
        named.pop(
            "opener", None
        )  # Python 3.8's pathlib passes one that knows only the missing file
        return self._original(stand_in, mode, *args[:4], **named)


class _Is:
    """A question about a path."""

    def __init__(self, original: Callable[[Any], bool], offers: Offers) -> None:
        functools.update_wrapper(self, original)
        self._original = original
        self._offers = offers

    def __call__(self, path: Any) -> bool:
        return self._original(path) or self._offers.wanted(path) is not None
