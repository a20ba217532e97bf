"""A notebook in memory, whatever file it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

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
        return self.kind == "code" and bool(self.source.strip())


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
