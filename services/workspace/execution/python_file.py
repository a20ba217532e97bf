"""Where a Python file of a task lies."""

import posixpath
from pathlib import Path

from services.settings import Settings
from services.workspace.notebooks.notebook_errors import NotebookError
from services.workspace.notebooks.notebook_library import NotebookLibrary

_DBFS = ("dbfs:/", "/dbfs/")
_REMOTE = ("s3:", "s3a:", "s3n:", "http:", "https:", "abfss:", "gs:")


class PythonFileError(Exception):
    """There is no such file; the message says where it was looked for."""


def find_python_file(settings: Settings, path: str) -> Path:
    """The file that `python_file` names: `dbfs:/x.py`, `file:/x.py`, or a path of the workspace.

    Raises:
        PythonFileError: it is not there, or is no Python file.
    """
    if path.startswith(_REMOTE):
        raise PythonFileError(f"{path}: put the file into the workspace folder or on dbfs:/.")
    for prefix in _DBFS:
        if path.startswith(prefix):
            return _existing(path, _below(settings.dbfs.resolve(), path.removeprefix(prefix)))
    if path.startswith("file:"):
        return _existing(path, Path("/" + path.removeprefix("file:").lstrip("/")))
    return _in_workspace(settings, path)


def _below(root: Path, path: str) -> Path:
    """A path that cannot lead out of its root by `..`."""
    return root / posixpath.normpath("/" + path).lstrip("/")


def _existing(asked: str, file: Path) -> Path:
    try:
        if file.is_file():
            return file
    except (OSError, ValueError) as error:
        raise PythonFileError(f"{asked}: {error}") from error
    raise PythonFileError(f"Python file not found: {asked}. It was looked for at {file}.")


def _in_workspace(settings: Settings, path: str) -> Path:
    try:
        location = NotebookLibrary(settings.workspace_dir).find(path)
    except NotebookError as error:
        raise PythonFileError(str(error)) from error
    if location.ending != ".py":
        raise PythonFileError(f"{location.full_path} is no Python file; run it as a notebook_task.")
    return location.file
