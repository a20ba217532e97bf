"""`imp`, which Python 3.12 has not: loading a module from a file, and loading it again."""

from __future__ import annotations

import sys
from importlib import reload
from importlib.util import (
    cache_from_source,
    module_from_spec,
    source_from_cache,
    spec_from_file_location,
)
from types import ModuleType
from typing import Any

__all__ = ["cache_from_source", "load_source", "new_module", "reload", "source_from_cache"]


def load_source(name: str, pathname: str, file: Any = None) -> ModuleType:
    """The module of a source file, under a name of the caller's."""
    spec = spec_from_file_location(name, pathname)
    if spec is None or spec.loader is None:
        raise ImportError(f"{pathname} is no Python file", name=name, path=pathname)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def new_module(name: str) -> ModuleType:
    return ModuleType(name)
