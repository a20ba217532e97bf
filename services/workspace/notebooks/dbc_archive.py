"""Databricks' archive, `.dbc`: a zip of notebooks in folders, each a JSON document of commands."""

import json
import lzma
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from services.workspace.notebooks.cell_factory import make_cell
from services.workspace.notebooks.notebook import Cell
from services.workspace.notebooks.notebook_errors import NotebookUnreadable

_ENDINGS = (".python", ".sql", ".scala", ".r")
_LIMIT = 64 * 1024 * 1024
"""Bytes of one notebook, unpacked; a larger one is a mistake, or a trap."""


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What zipfile and json raise for a broken, encrypted or endless document."""


def archive_entries(file: Path) -> list[str]:
    """The notebooks' names inside the archive, in its order.

    Raises:
        NotebookUnreadable: it is no zip.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return [name for name in archive.namelist() if name.lower().endswith(_ENDINGS)]
    except _DAMAGE as error:
        raise NotebookUnreadable(file, f"it is no archive ({error}). Export it anew.") from error


def without_archive_ending(entry: str) -> str:
    """The notebook's name and folder inside the archive."""
    return entry[: entry.rindex(".")]


def read_archived(file: Path, entry: str) -> tuple[str, list[Cell]]:
    """Language and cells of one notebook of an archive.

    Raises:
        NotebookUnreadable: there is none of this name, or it is none of Databricks' documents.
    """
    name = f"{file} ({entry})"
    document = _document(file, entry, name)
    language = str(document.get("language") or "python").lower()
    commands = document.get("commands")
    if not isinstance(commands, list) or not all(isinstance(row, dict) for row in commands):
        raise NotebookUnreadable(name, "it has no list of commands. Export it anew.")
    return language, [_cell(row, language) for row in sorted(commands, key=_position)]


def _document(file: Path, entry: str, name: str) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(entry).file_size > _LIMIT:
                raise NotebookUnreadable(name, f"it is larger than {_LIMIT} bytes unpacked.")
            document = json.loads(archive.read(entry))
    except (KeyError, *_DAMAGE) as error:
        raise NotebookUnreadable(name, f"{error}. Export it anew.") from error
    return document if isinstance(document, dict) else {}


def _position(command: dict[str, Any]) -> float:
    """Commands are stored in any order; this decides."""
    position = command.get("position")
    return float(position) if isinstance(position, int | float) else 0.0


def _cell(command: dict[str, Any], language: str) -> Cell:
    return make_cell(
        str(command.get("command") or ""), language, title=str(command.get("commandTitle") or "")
    )
