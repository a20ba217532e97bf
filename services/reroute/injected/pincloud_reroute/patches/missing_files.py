"""`open`, `os.path` and `pathlib`: missing credential files seem to be there."""

from __future__ import annotations

import builtins
import functools
import io
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..credentials.files import StandIns

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch_os(module: ModuleType, context: ProcessContext) -> None:
    stand_ins = StandIns(context)
    opener = _Open(builtins.open, stand_ins)
    builtins.open = io.open = opener
    paths: Any = module.path
    for name in ("exists", "isfile"):
        setattr(paths, name, _Exists(getattr(paths, name), stand_ins))


def patch_pathlib(module: ModuleType, context: ProcessContext) -> None:
    stand_ins, path = StandIns(context), module.Path
    path.exists = _path_method(path.exists, stand_ins)
    path.is_file = _path_method(path.is_file, stand_ins)
    accessor = getattr(module, "_NormalAccessor", None)
    if accessor is not None and accessor.open is not os.open:  # Python 3.10 keeps `open` there
        accessor.open = staticmethod(io.open)


class _Open:
    """`open`; an object, since a Python function would become a method where a class holds it."""

    def __init__(self, original: Callable[..., Any], stand_ins: StandIns) -> None:
        functools.update_wrapper(self, original)
        self._original = original
        self._stand_ins = stand_ins

    def __reduce__(self) -> str:
        """Pickled by its name, as a function is."""
        return "open"

    def __call__(self, file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        try:
            return self._original(file, mode, *args, **named)
        except FileNotFoundError:
            stand_in = self._stand_ins.take(file) if "r" in mode and "+" not in mode else None
            if stand_in is None:
                raise
        named.pop(
            "opener", None
        )  # Python 3.8's pathlib passes one that knows only the missing file
        return self._original(stand_in, mode, *args[:4], **named)


class _Exists:
    """`os.path.exists` or `os.path.isfile`; an object for the same reason."""

    def __init__(self, original: Callable[[Any], bool], stand_ins: StandIns) -> None:
        functools.update_wrapper(self, original)
        self._original = original
        self._stand_ins = stand_ins

    def __call__(self, path: Any) -> bool:
        return self._original(path) or self._stand_ins.wanted(path) is not None


def _path_method(original: Callable[..., bool], stand_ins: StandIns) -> Callable[..., bool]:
    @functools.wraps(original)
    def answer(self: Any, *args: Any, **named: Any) -> bool:
        return original(self, *args, **named) or stand_ins.wanted(self) is not None

    return answer
