"""pydantic 2: `from pydantic import BaseSettings` is pydantic-settings' where that is installed."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def patch(module: ModuleType, _context: ProcessContext) -> None:
    """Answer for the one name that moved; pydantic 1 still has it."""
    if not str(module.VERSION).startswith("2"):
        return
    original = module.__getattr__

    def __getattr__(name: str) -> Any:
        if name == "BaseSettings":
            try:
                return importlib.import_module("pydantic_settings").BaseSettings
            except ImportError:
                return original(name)
        return original(name)

    module.__getattr__ = __getattr__  # type: ignore[method-assign]
