"""Modules with credentials that were never committed: `from db_creds import HOST`."""

from __future__ import annotations

import re
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .values import Values

if TYPE_CHECKING:
    from .here import Here

_NAME = re.compile(
    r"(?:[a-z0-9]+_)*(?:db|rds|aws|my|api)?(?:creds?|credentials?|secrets?|config(?:uration)?s?|settings|"
    r"constants?|login|keys?)(?:_(?:file|local|info|details?|db|rds|aws|keys?))?",
    re.IGNORECASE,
)


def offer(here: Here) -> None:
    """Stand behind all finders: asked only when a module is nowhere."""
    sys.meta_path.append(_Finder(here))


class _Finder:
    def __init__(self, here: Here) -> None:
        self._here = here

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """A stand-in, when the user's own code imports something that sounds like credentials."""
        if not _NAME.fullmatch(name.rpartition(".")[2]) or not self._is_own_import():
            return None
        self._here.offered = True
        self._here.say(f"module {name} is missing: offered with local values", key=f"module {name}")
        return ModuleSpec(name, _Loader(Values(self._here.configuration)), is_package=True)

    def _is_own_import(self) -> bool:
        """Whether the import statement stands in the user's code."""
        frame: Any = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        return frame is not None and self._here.is_own(frame.f_code.co_filename)


class _Loader(Loader):
    def __init__(self, values: Values) -> None:
        self._values = values

    def create_module(self, spec: ModuleSpec) -> None:
        """Python's own kind will do."""

    def exec_module(self, module: ModuleType) -> None:
        """The usual names at once, for `import *`; any other when it is asked for."""
        usual = self._values.usual()
        vars(module).update(usual)

        def __getattr__(name: str) -> Any:
            value = self._values.find(name)
            if value is not None:
                return value
            if not name.startswith("__") and _NAME.fullmatch(name):
                return dict(usual)
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        module.__getattr__ = __getattr__  # type: ignore[method-assign]
