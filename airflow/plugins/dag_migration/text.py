"""A source text by rows and columns, and changes to it that keep every line where it is."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class TextPosition(NamedTuple):
    """A position between two characters.

    Attributes:
        row: From 1.
        column: In characters, from 0.
    """

    row: int
    column: int


@dataclass(frozen=True, order=True)
class Edit:
    """Replaces what stands between two positions."""

    start: TextPosition
    end: TextPosition
    text: str

    @property
    def rows(self) -> int:
        """How many line ends it removes."""
        return self.end.row - self.start.row


class Text:
    """A source text; rows end as in Python, and nowhere else (`str.splitlines` knows more line ends)."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(source))]

    @property
    def rows(self) -> int:
        """Number of rows, an empty last one included."""
        return len(self._starts)

    def offset(self, position: TextPosition) -> int:
        """Index of the position in the text."""
        return self._starts[position.row - 1] + position.column

    def at(self, offset: int) -> TextPosition:
        """The position of an index of the text."""
        row = bisect_right(self._starts, offset)
        return TextPosition(row, offset - self._starts[row - 1])

    def node_position(self, row: int, utf8_column: int) -> TextPosition:
        """The position of an `ast` node, whose columns count bytes."""
        line = self.source[self._starts[row - 1] :][: utf8_column + 1]
        return TextPosition(row, len(line.encode()[:utf8_column].decode(errors="ignore")))

    def apply(self, edits: Iterable[Edit]) -> str:
        """The text after all edits; of two that overlap, the first one counts."""
        pieces, position = [], 0
        for edit in sorted(edits):
            start = self.offset(edit.start)
            if start >= position:
                pieces += [self.source[position:start], _same_rows(edit)]
                position = self.offset(edit.end)
        return "".join([*pieces, self.source[position:]])


def _same_rows(edit: Edit) -> str:
    """Its text with as many line ends as it removes, so that tracebacks name the original's lines."""
    return edit.text + "\n" * (edit.rows - edit.text.count("\n"))
