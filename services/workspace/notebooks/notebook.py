"""A notebook in memory, whatever file it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

KERNEL = "pincloud"
"""Name of the kernelspec in JupyterLab; stands in every copy."""

CellKind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        kind: `%md` cells are markdown and have lost the magic.
        source: The text as a person sees it in a notebook: magics included, without `# MAGIC`.
        line: Number of the source's first line in the file, from 1; None where the file has no lines of its own.
        title: The cell's title, or nothing.
        metadata: The cell's own, from an `.ipynb`.
        attachments: Pictures of a markdown cell, from an `.ipynb`.
    """

    kind: CellKind
    source: str
    line: int | None = None
    title: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_executed(self) -> bool:
        """Whether there is something to execute."""
        return self.kind == "code" and bool(self.source.strip())

    def to_json(self, name: str) -> dict[str, Any]:
        """The cell for Jupyter, without outputs."""
        own = {key: value for key, value in (("line", self.line), ("title", self.title)) if value}
        return {
            "cell_type": self.kind,
            "id": name,
            "metadata": {**self.metadata, **({"pincloud": own} if own else {})},
            "source": self.source,
            **({"outputs": [], "execution_count": None} if self.kind == "code" else {}),
            **({"attachments": dict(self.attachments)} if self.attachments else {}),
        }


@dataclass(frozen=True)
class Notebook:
    """One notebook.

    Attributes:
        path: Its place in the workspace, from `/`, without an ending; what its relative paths start from.
        file: The file that holds it.
        language: Of cells without a magic; those that are not Python have got their magic already.
        cells: In the order in which they run.
        metadata: The notebook's own, from an `.ipynb`.
        notice: What a person should know about how the file was read; mostly nothing.
    """

    path: str
    file: Path
    language: str
    cells: Sequence[Cell]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    notice: str = ""

    def to_nbformat(self) -> NotebookNode:
        """The notebook for Jupyter, format 4.5, without outputs; a cell's line is its metadata `pincloud.line`."""
        document = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {**self.metadata, **_RUNS_WITH},
            "cells": [
                *([Cell("markdown", self.notice).to_json("notice")] if self.notice else []),
                *(cell.to_json(f"cell-{number}") for number, cell in enumerate(self.cells, 1)),
            ],
        }
        return as_node(document)


def as_node(document: dict[str, Any]) -> NotebookNode:
    """What nbformat and nbclient work on."""
    node: NotebookNode = nbformat.from_dict(document)  # type: ignore[no-untyped-call]
    return node


_RUNS_WITH = {
    "kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "python"},
    "language_info": {"name": "python"},
}
