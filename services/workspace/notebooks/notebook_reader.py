"""From a notebook's location to a `Notebook`, whatever format its file has."""

from pathlib import Path

from services.workspace.notebooks.dbc_archive import archive_entries, read_archived
from services.workspace.notebooks.ipynb import read_ipynb
from services.workspace.notebooks.notebook import Notebook
from services.workspace.notebooks.notebook_errors import NotebookUnreadable
from services.workspace.notebooks.notebook_location import ARCHIVE, NotebookLocation
from services.workspace.notebooks.source_file import (
    SOURCE_LANGUAGES,
    SourceLanguage,
    is_source_notebook,
    source_cells,
)


def read_notebook(location: NotebookLocation) -> Notebook:
    """Read a notebook.

    Raises:
        NotebookUnreadable: the file is not what its ending says.
    """
    path, file = location.path, location.file
    if location.entry is not None:
        language, cells = read_archived(file, location.entry)
        return Notebook(path, file, language, cells)
    if location.ending == ARCHIVE:
        archive_entries(file)
        raise NotebookUnreadable(file, "it holds no notebook.")
    if location.ending == ".ipynb":
        language, cells, metadata = read_ipynb(file, _text(file))
        return Notebook(path, file, language, cells, metadata)
    return _source(location, SOURCE_LANGUAGES[location.ending])


def _source(location: NotebookLocation, language: SourceLanguage) -> Notebook:
    text = _text(location.file)
    notice = "" if is_source_notebook(text, language) else _notice(location.file, language)
    cells = source_cells(text, language)
    return Notebook(location.path, location.file, language.name, cells, notice=notice)


def _notice(file: Path, language: SourceLanguage) -> str:
    header = language.mark("Databricks notebook source")
    return f"`{file.name}` does not begin with `{header}`: it runs as a program, in one cell."


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotebookUnreadable(file, f"{error}.") from error
