"""Modules that Pythons and libraries no longer bring, and those that one is as good as another for."""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .notices import say

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_OURS = f"{__package__}.modules"
MODULES = {
    "MySQLdb": f"{_OURS}.MySQLdb",
    "distutils": f"{_OURS}.distutils",
    "distutils.spawn": f"{_OURS}.distutils.spawn",
    "distutils.util": f"{_OURS}.distutils.util",
    "distutils.version": f"{_OURS}.distutils.version",
    "imp": f"{_OURS}.imp",
    "importlib_metadata": "importlib.metadata",
    "importlib_resources": "importlib.resources",
    "kafka.vendor.six": "six",
    "kafka.vendor.six.moves": "six.moves",
    "mock": "unittest.mock",
    "pandas.util.testing": "pandas.testing",
    "pathlib2": "pathlib",
    "pipes": "shlex",
    "pkg_resources": f"{_OURS}.pkg_resources",
    "tomli": "tomllib",
    "urllib3.packages.six": "six",
}
"""Module that is missing → the one that stands in."""


def offer(context: ProcessContext) -> None:
    """Stand behind all finders: asked only when a module is nowhere."""
    sys.meta_path.append(_Finder(context))


class _Finder:
    def __init__(self, context: ProcessContext) -> None:
        self._context = context

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """The module that stands in, when that is there itself."""
        if name not in MODULES:
            return None
        try:
            module = importlib.import_module(MODULES[name])
        except ImportError:
            return None
        say(self._context, f"module {name}", instead=_told(name))
        return ModuleSpec(name, _Loader(module), is_package=hasattr(module, "__path__"))


class _Loader(Loader):
    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """It was run under its own name."""
        module.__spec__ = self._spec


def _told(name: str) -> str:
    return "pymysql" if name == "MySQLdb" else MODULES[name]
