"""From a cell's text to a `Cell`: `%md` makes markdown, other languages get their magic."""

import re
from collections.abc import Mapping
from typing import Any

from services.workspace.notebooks.notebook import Cell, CellKind

_MAGIC = re.compile(
    r"\A(?P<before>(?:[ \t]*(?:(?:#|--)[^\n]*)?\n)*)[ \t]*%(?P<name>[\w-]+)[ \t]*\n?"
)
"""A magic is the first thing in its cell but for blank lines and comments."""

_MARKDOWN = {"md", "md-sandbox"}


def make_cell(
    source: str,
    language: str = "python",
    *,
    line: int | None = None,
    title: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Cell:
    """A cell of code or, after `%md`, of markdown.

    Args:
        source: Its text, with the magic if it has one.
        language: What it is in when it has none: then it gets the magic of any language but Python.
        line: Number of its first line in the file.
        title: Its title.
        metadata: Its own metadata.
    """
    kind: CellKind = "code"
    magic = _MAGIC.match(source)
    if magic and magic["name"] in _MARKDOWN:
        kind, source = "markdown", source[magic.end() :]
    elif not magic and language != "python" and source.strip():
        source = f"%{language}\n{source}"
        line = line - 1 if line else None
    return Cell(kind, source, line, title, metadata or {})
