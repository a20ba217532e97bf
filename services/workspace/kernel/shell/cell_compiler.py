"""Where a cell's code stands, so that a traceback names the notebook and the line that its author sees."""

import ast
import linecache
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ipykernel.compiler import XCachingCompiler


@dataclass(frozen=True)
class CellLocation:
    """Where a cell's text begins.

    Attributes:
        label: The notebook's path and what its author knows the cell by; stands in tracebacks.
        line_offset: Lines of the file that are before the cell's text.
        lines: The text that the line numbers are of.
    """

    label: str
    line_offset: int
    lines: list[str]


def locate_cell(
    path: str, file: Path | None, source: str, number: int, line: int | None
) -> CellLocation:
    """Where a cell begins: in its file's own lines, or in the cell where the file has no lines of its own.

    Args:
        path: The notebook's, in the workspace.
        file: Its file.
        source: The cell's text.
        number: The cell's, of those that are executed, from 1.
        line: Of the file, where the text begins; None for a format without lines.
    """
    own = _lines(source)
    if line is None or file is None or not file.is_file():
        return CellLocation(f"{path}, cell {number}", 0, own)
    lines = _lines(file.read_text(encoding="utf-8-sig", errors="replace"))
    lines[line - 1 : line - 1 + len(own)] = own  # as it is executed: without `# MAGIC`
    return CellLocation(f"{path}{file.suffix}", line - 1, lines)


def _lines(text: str) -> list[str]:
    """Lines that end as a file's do; without the last line break Python draws its carets one place off."""
    return [f"{line}\n" for line in text.split("\n")]


class CellCompiler(XCachingCompiler):
    """IPython's compiler, which gives code the name and the line numbers of its location."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._location: CellLocation | None = None

    @contextmanager
    def at(self, location: CellLocation | None) -> Iterator[None]:
        """Meanwhile, compile code as that of this location; None: of no notebook."""
        outer, self._location = self._location, location
        try:
            yield
        finally:
            self._location = outer

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        """Keep the text for tracebacks; return the name to compile the code under."""
        location = self._location
        if location is None:
            name = super().cache(transformed_code, number, raw_code)
            lines = _lines(raw_code or transformed_code)
        else:
            name, lines = location.label, location.lines
        linecache.cache[name] = (sum(map(len, lines)), None, lines, name)
        return name

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.AST:
        """Parse, and move what was parsed, or the error, to its location."""
        line_offset = (
            self._location.line_offset if self._location and self._location.label == filename else 0
        )
        try:
            return ast.increment_lineno(super().ast_parse(source, filename, symbol), line_offset)
        except SyntaxError as error:
            error.lineno = (error.lineno or 1) + line_offset
            error.end_lineno = (error.end_lineno or error.lineno) + line_offset
            raise
