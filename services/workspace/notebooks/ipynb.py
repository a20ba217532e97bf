"""Jupyter's own format, 4.0 to 4.5, as Jupyter and Databricks write it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.workspace.notebooks.cell_factory import make_cell
from services.workspace.notebooks.notebook import Cell
from services.workspace.notebooks.notebook_errors import NotebookUnreadable

_FORMAT = 4
_DATABRICKS = "application/vnd.databricks.v1+notebook"
_DATABRICKS_CELL = "application/vnd.databricks.v1+cell"


def read_ipynb(name: object, text: str) -> tuple[str, list[Cell], dict[str, Any]]:
    """Language, cells and metadata of an `.ipynb`; kernel, ids and outputs are not asked for.

    Raises:
        NotebookUnreadable: it is no JSON, or no notebook of format 4.
    """
    document = _document(name, text)
    metadata = _map(document.get("metadata"))
    language = str(_map(metadata.get(_DATABRICKS)).get("language") or "python").lower()
    cells = [_cell(name, number, raw, language) for number, raw in enumerate(document["cells"], 1)]
    return language, cells, metadata


def _document(name: object, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotebookUnreadable(name, f"it is not JSON ({error}). Export it anew.") from error
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise NotebookUnreadable(name, "it has no list of cells. Export it anew as .ipynb.")
    if document.get("nbformat", _FORMAT) != _FORMAT:
        raise NotebookUnreadable(
            name,
            f"its format is {document['nbformat']}, and only {_FORMAT} is understood. "
            "Open it in JupyterLab and save it.",
        )
    return document


def _cell(name: object, number: int, raw: object, language: str) -> Cell:
    fields = _map(raw)
    source = _text(fields.get("source", ""))
    kind = fields.get("cell_type")
    if source is None or kind not in {"code", "markdown", "raw"}:
        raise NotebookUnreadable(name, f"its cell {number} has no text or no type of its own.")
    metadata = _map(fields.get("metadata"))
    title = str(_map(metadata.get(_DATABRICKS_CELL)).get("title") or "")
    if kind == "code":
        return make_cell(source, language, title=title, metadata=metadata)
    attachments = _map(fields.get("attachments"))
    return replace(Cell(kind, source, title=title, metadata=metadata), attachments=attachments)


def _text(source: object) -> str | None:
    """Text may be stored whole or line by line."""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _map(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
