"""Modules that the script's own code imports in vain.

Those that lie above its folder, where it was once run from (`python src/post.py`, `python -m src.post`), and
those with credentials that were never committed (`from db_creds import HOST`).
"""

from __future__ import annotations

import os
import sys
from glob import escape, glob
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any, Iterator

from .module_names import is_configuration
from .module_text import ModuleLoader
from .usage.project import read_usage

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_MOST_ABOVE = 3
"""Folders above the script's that are looked into; fewer where its repository begins."""


def offer(context: ProcessContext) -> None:
    """Stand behind all finders: asked only when a module is nowhere."""
    sys.meta_path.append(_Finder(context))


class _Finder:
    def __init__(self, context: ProcessContext) -> None:
        self._here = context
        self._above = list(_above(context.configuration.root))

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """The module above the script, else a stand-in for what sounds like credentials."""
        if not self._is_own_import():
            return None
        found = self._find_above(name)
        if found or not is_configuration(name, read_usage(self._here.configuration.root)):
            return found
        return ModuleSpec(name, ModuleLoader(self._here), is_package=True)

    def _find_above(self, name: str) -> ModuleSpec | None:
        for folder in self._above if "." not in name else ():
            spec = PathFinder.find_spec(name, [folder])
            if spec is not None and (
                spec.loader or glob(os.path.join(escape(folder), name, "*.py"))
            ):
                self._here.adopt(folder)
                self._here.say(f"module {name} lies in {folder}", key=f"module {name}")
                return spec
        return None

    def _is_own_import(self) -> bool:
        """Whether the import statement stands in the user's code."""
        frame: Any = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back
        return frame is not None and self._here.is_own(frame.f_code.co_filename)


def _above(folder: str) -> Iterator[str]:
    """The folders that a user may have started the script from."""
    for _ in range(_MOST_ABOVE):
        if os.path.exists(os.path.join(folder, ".git")) or folder == os.path.dirname(folder):
            return
        folder = os.path.dirname(folder)
        yield folder
