"""Finds the notebook that an import means, where Python finds no module of that name."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from services.workspace.driver_files.places import DbfsPlaces
from services.workspace.kernel.modules.notebook_loader import NotebookLoader
from services.workspace.notebooks.source_file import SOURCE_LANGUAGES, is_source_notebook

_PYTHON = SOURCE_LANGUAGES[".py"]
_NO_NAME = re.compile(r"\W")


class NotebookFinder(MetaPathFinder):
    """Gives notebooks a loader of their own; a plain module stays Python's.

    Args:
        names: What every notebook finds without having made it, asked for when one is loaded.
        places: Where paths of the workspace and of DBFS lie on this machine.
    """

    def __init__(self, names: Callable[[], Mapping[str, object]], places: DbfsPlaces) -> None:
        self._names = names
        self._places = places

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A plain module of Python's own goes before an `.ipynb`: no library gets a notebook in its place."""
        given = [entry for entry in (sys.path if path is None else path) if isinstance(entry, str)]
        found = PathFinder.find_spec(fullname, path, target)
        if found is None and (elsewhere := self._elsewhere(given)):
            found = PathFinder.find_spec(fullname, elsewhere, target)
            given = [*given, *elsewhere]
        if found is not None and found.loader is not None:
            return self._loaded_as_notebook(fullname, Path(found.origin or "")) or found
        file = _notebook(fullname.rpartition(".")[2], given)
        return self._spec(fullname, file) if file else found

    def _elsewhere(self, folders: Iterable[str]) -> list[str]:
        """Those folders of the module path that this machine has in another place than Databricks."""
        missing = [folder for folder in folders if folder and not Path(folder).is_dir()]
        known = [self._places.workspace.real(folder) for folder in missing]
        mapped = [place for folder in folders if (place := self._places.place(folder))]
        return [*(place.real for place in mapped), *(str(folder) for folder in known if folder)]

    def _loaded_as_notebook(self, fullname: str, file: Path) -> ModuleSpec | None:
        """Of a `.py` that is a notebook in source format."""
        if file.suffix != ".py" or str(file).startswith((sys.prefix, sys.base_prefix)):
            return None
        with file.open(encoding="utf-8-sig", errors="replace") as lines:
            is_notebook = is_source_notebook(lines.readline(), _PYTHON)
        return self._spec(fullname, file) if is_notebook else None

    def _spec(self, fullname: str, file: Path) -> ModuleSpec | None:
        loader = NotebookLoader(fullname, file, self._names, self._places.workspace)
        return spec_from_file_location(fullname, file, loader=loader)


def install(names: Callable[[], Mapping[str, object]], places: DbfsPlaces) -> None:
    """Let imports find notebooks, before Python's own search of the module path."""
    if not any(isinstance(finder, NotebookFinder) for finder in sys.meta_path):
        place = sys.meta_path.index(PathFinder)
        sys.meta_path.insert(place, NotebookFinder(names, places))


def _notebook(name: str, folders: Iterable[str]) -> Path | None:
    """The first `.ipynb` of that name; signs that no name can hold stand for `_`."""
    for folder in folders:
        try:
            files = sorted(os.listdir(folder or "."))  # noqa: PTH208 - names
        except OSError:
            continue
        named = [file for file in files if file.endswith(".ipynb")]
        exact = [file for file in named if file == f"{name}.ipynb"]
        alike = [file for file in named if _NO_NAME.sub("_", file[: -len(".ipynb")]) == name]
        for file in (*exact, *alike):
            return Path(folder, file).absolute()
    return None
