"""A notebook in Jupyter's format, to be executed, saved or opened there.

Apart from the notebook itself, because nbformat takes a third of a second to import and a kernel does not need it.
"""

from typing import Any

import nbformat
from nbformat import NotebookNode

from services.workspace.notebooks.notebook import Cell, Notebook

KERNEL = "pincloud"
"""Name of the kernelspec in JupyterLab; stands in every copy."""

_RUNS_WITH = {
    "kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "python"},
    "language_info": {"name": "python"},
}


def to_nbformat(notebook: Notebook) -> NotebookNode:
    """The notebook without outputs, format 4.5; a cell's line in its file is its metadata `pincloud.line`."""
    notice = [_cell(Cell("markdown", notebook.notice), "notice")] if notebook.notice else []
    cells = [_cell(cell, f"cell-{number}") for number, cell in enumerate(notebook.cells, start=1)]
    metadata = {**notebook.metadata, **_RUNS_WITH}
    return as_node(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [*notice, *cells]}
    )


def as_node(document: dict[str, Any]) -> NotebookNode:
    """What nbformat and nbclient work on."""
    node: NotebookNode = nbformat.from_dict(document)  # type: ignore[no-untyped-call]
    return node


def _cell(cell: Cell, name: str) -> dict[str, Any]:
    own = {key: value for key, value in (("line", cell.line), ("title", cell.title)) if value}
    return {
        "cell_type": cell.kind,
        "id": name,
        "metadata": {**cell.metadata, **({"pincloud": own} if own else {})},
        "source": cell.source,
        **({"outputs": [], "execution_count": None} if cell.kind == "code" else {}),
        **({"attachments": dict(cell.attachments)} if cell.attachments else {}),
    }
