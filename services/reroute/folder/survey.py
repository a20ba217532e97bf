"""Sorts a folder's files into posting scripts, notebooks, DAGs, and what nobody can tell."""

from dataclasses import dataclass, field
from pathlib import Path

from services.reroute.folder.files import UnreadableError, code_files, read_text
from services.reroute.folder.python_source import PythonSource, read_source
from services.reroute.injected.pincloud_reroute.notebook import script
from services.reroute.program import OF_THE_WORKSPACE

_NOTEBOOKS = {".dbc"}
_MARKED = {".sql": "-- Databricks notebook source"}
_UNKNOWN = {".scala", ".r", ".java", ".js", ".ts", ".sh", ".bat", ".ps1"}
_ENDINGS = {".py", ".ipynb", *_NOTEBOOKS, *_MARKED, *_UNKNOWN}


@dataclass
class Survey:
    """What was found.

    Attributes:
        scripts: Posting scripts that can be run.
        notebooks: Notebooks of Jupyter and of Databricks.
        dags: Files with DAGs → the ids that stand in them.
        modules: Python files that only define: parts of others.
        unknown: Files → why nothing is said of them.
    """

    scripts: list[Path] = field(default_factory=list)
    notebooks: list[Path] = field(default_factory=list)
    dags: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    modules: list[Path] = field(default_factory=list)
    unknown: dict[Path, str] = field(default_factory=dict)


def survey(root: Path) -> Survey:
    """Look into every file that may be code."""
    found, sources = Survey(), dict[Path, PythonSource]()
    for path in code_files(root, _ENDINGS):
        try:
            _sort(path, found, sources)
        except UnreadableError as error:
            found.unknown[path] = str(error)
    _sort_python(found, sources)
    return found


def _sort(path: Path, found: Survey, sources: dict[Path, PythonSource]) -> None:
    ending = path.suffix.lower()
    if ending in _UNKNOWN:
        found.unknown[path] = f"{ending[1:]} is not run here"
    elif ending in _NOTEBOOKS:
        found.notebooks.append(path)
    elif ending == ".ipynb":
        _sort_notebook(path, found)
    elif ending in _MARKED:
        if read_text(path).startswith(_MARKED[ending]):
            found.notebooks.append(path)
    else:
        sources[path] = read_source(read_text(path))


def _sort_notebook(path: Path, found: Survey) -> None:
    try:
        code = script(read_text(path))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        found.unknown[path] = "no notebook that can be read: its JSON has no cells"
        return
    is_script = read_source(code).posts and not OF_THE_WORKSPACE.search(code)
    (found.scripts if is_script else found.notebooks).append(path)


def _sort_python(found: Survey, sources: dict[Path, PythonSource]) -> None:
    for path, source in sources.items():
        if source.is_notebook:
            found.notebooks.append(path)
        elif source.problem:
            found.unknown[path] = source.problem
        elif source.is_dag:
            found.dags[path] = source.dag_ids
        elif not source.acts:
            found.modules.append(path)
        elif _posts(path, sources, set()):
            found.scripts.append(path)
        else:
            found.unknown[path] = "it posts nothing that can be seen"
    found.notebooks.sort()
    found.scripts.sort()


def _posts(path: Path, sources: dict[Path, PythonSource], seen: set[Path]) -> bool:
    """Whether a file posts, or a file of the folder that it imports does."""
    seen.add(path)
    source = sources[path]
    if source.posts:
        return True
    imported = {one for name in source.modules for one in _files_of(name, path, sources)}
    return any(_posts(one, sources, seen) for one in imported - seen)


def _files_of(module: str, importer: Path, sources: dict[Path, PythonSource]) -> list[Path]:
    """The files that an import may mean: beside the importer, or above it."""
    parts = [part for part in module.split(".") if part]
    places = [
        folder.joinpath(*parts).with_suffix(".py") for folder in importer.parents if parts
    ] + [folder.joinpath(*parts, "__init__.py") for folder in importer.parents if parts]
    return [place for place in places if place in sources]
