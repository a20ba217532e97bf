"""Runs a function right after a module was imported."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Callable, Dict

Hooks = Dict[str, Callable[[ModuleType], None]]


def after_import(hooks: Hooks) -> None:
    """Call each hook with its module: now if it is imported already, else when it is."""
    waiting = {name: hook for name, hook in hooks.items() if name not in sys.modules}
    sys.meta_path.insert(0, _Finder(waiting))
    for name, hook in hooks.items():
        if name not in waiting:
            hook(sys.modules[name])


class _Finder:
    """Stands before all finders, and lets them find."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """The module's own spec, with a loader that calls the hook in the end."""
        hook = self._hooks.pop(name, None)
        if hook is None:
            return None
        try:
            spec = find_spec(name)  # asks the others: this name is no longer ours
        except (ImportError, ValueError):
            spec = None
        if spec is None or spec.loader is None:
            self._hooks[name] = hook
            return None
        _extend(spec.loader, hook)
        return spec


def _extend(loader: Any, hook: Callable[[ModuleType], None]) -> None:
    run = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        run(module)
        hook(module)

    loader.exec_module = exec_module
