"""Puts the calls that know `/dbfs` in the places of Python's own, wherever a loaded module has them."""

import glob
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import isclass, isfunction
from types import ModuleType
from typing import Any

from services.settings import Settings
from services.workspace.driver_files.file_objects import open_call
from services.workspace.driver_files.import_hook import AfterImport
from services.workspace.driver_files.library_calls import CALLS, adapt, adapt_loaded
from services.workspace.driver_files.os_calls import os_calls
from services.workspace.driver_files.places import ROOT, DbfsPlaces, Need
from services.workspace.driver_files.shell_text import popen_start, system_call

_KEPT = ("posix", "_io", "importlib", "_frozen_importlib", "zipimport")
"""Modules that keep Python's own: where they come from, and the import system."""

_installed: list[DbfsPlaces] = []


def install(settings: Settings) -> DbfsPlaces:
    """Let this process see DBFS at `/dbfs`, once and for all; nothing is changed when it lies there already."""
    if not _installed:
        places = DbfsPlaces(settings)
        if f"{places.folder}/".startswith(f"{ROOT}/"):
            return places
        calls = replacements(places)
        for module, name, call in list(bindings(calls)):
            setattr(module, name, call)
        for module in (glob, tempfile):
            _rebind_classes(module, calls)
        setattr(subprocess.Popen, "__init__", popen_start(subprocess.Popen.__init__, places))  # noqa: B010 - mypy
        adapt_loaded(places)
        sys.meta_path.insert(0, AfterImport(CALLS, lambda module: adapt(module, places)))
        _installed.append(places)
    return _installed[0]


def installed() -> DbfsPlaces | None:
    """The process' view of DBFS; None when it has none."""
    return _installed[0] if _installed else None


def replacements(places: DbfsPlaces) -> dict[Any, Any]:
    """Python's own call → the one that knows `/dbfs`; `os` then says of both the same abilities."""
    calls = {getattr(os, name): call for name, call in os_calls(places).items()}
    for kind in ("dir_fd", "effective_ids", "fd", "follow_symlinks"):
        able: set[Any] = getattr(os, f"supports_{kind}")
        able |= {call for original, call in calls.items() if original in able}
    return calls | {
        io.open: open_call(places),
        io.open_code: _open_code(io.open_code, places),
        os.system: system_call(os.system, places),
        shutil.rmtree: _rmtree(shutil.rmtree, places),
    }


def bindings(calls: Mapping[Any, Any]) -> Iterator[tuple[ModuleType, str, Any]]:
    """Where loaded modules have Python's own, such as by `from os import listdir`: module, name, what belongs there."""
    wanted = {id(original): call for original, call in calls.items()}
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and name.partition(".")[0] not in _KEPT:
            for attribute, value in list(vars(module).items()):
                if id(value) in wanted:
                    yield module, attribute, wanted[id(value)]


def _open_code(original: Callable[[str], Any], places: DbfsPlaces) -> Callable[[str], Any]:
    @wraps(original)
    def open_code(path: str) -> Any:
        place = places.place(path, Need.CONTENT)
        return original(place.real if place else path)

    return open_code


def _rebind_classes(module: ModuleType, calls: Mapping[Any, Any]) -> None:
    """Where a class keeps Python's own, or a method has it as an argument's default: `unlink=os.unlink`."""
    wanted = {id(original): call for original, call in calls.items()}
    for cls in filter(isclass, list(vars(module).values())):
        for name, value in list(vars(cls).items()):
            if isfunction(value) and value.__defaults__:
                defaults = (wanted.get(id(default), default) for default in value.__defaults__)
                value.__defaults__ = tuple(defaults)
            elif isinstance(value, staticmethod) and id(value.__func__) in wanted:
                setattr(cls, name, staticmethod(wanted[id(value.__func__)]))


def _rmtree(original: Callable[..., Any], places: DbfsPlaces) -> Callable[..., Any]:
    @wraps(original)
    def rmtree(path: Any, *args: Any, **named: Any) -> Any:
        """Below a mount at once: Python's own goes by descriptors, of a local copy."""
        place = places.place(path)
        if place is None or not place.mounted or not os.path.isdir(path):
            return original(path, *args, **named)
        return places.copies.remove(place.dbfs)

    return rmtree
