"""Databricks' source format: a program whose comments hold the cells, the titles and the magics.

# Databricks notebook source
import math
# COMMAND ----------
# DBTITLE 1,How many pins
# MAGIC %sql
# MAGIC select count(*) from pins
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.workspace.notebooks.cell_factory import make_cell
from services.workspace.notebooks.notebook import Cell


@dataclass(frozen=True)
class SourceLanguage:
    """A language that notebooks are exported in.

    Attributes:
        name: Also its magic.
        comment: What begins a comment.
    """

    name: str
    comment: str

    def mark(self, word: str) -> str:
        """A comment of Databricks' own."""
        return f"{self.comment} {word}"


SOURCE_LANGUAGES = {
    ".py": SourceLanguage("python", "#"),
    ".sql": SourceLanguage("sql", "--"),
    ".scala": SourceLanguage("scala", "//"),
    ".r": SourceLanguage("r", "#"),
}
"""By the file's ending."""

Lines = Sequence[tuple[int, str]]
"""Lines with their numbers in the file, from 1."""


def is_source_notebook(text: str, language: SourceLanguage) -> bool:
    """Whether the file is a notebook, and not a plain program."""
    return text.startswith(language.mark("Databricks notebook source"))


def source_cells(text: str, language: SourceLanguage) -> list[Cell]:
    """The cells of a source notebook, or the only one of a plain program."""
    lines = list(enumerate(text.replace("\r\n", "\n").split("\n"), start=1))
    if is_source_notebook(text, language):
        lines = lines[1:]
    blocks = (_without_blank_ends(block) for block in _blocks(lines, language))
    return [_cell(block, language) for block in blocks if block]


def _blocks(lines: Lines, language: SourceLanguage) -> Iterator[Lines]:
    block: list[tuple[int, str]] = []
    for number, line in lines:
        if line.strip().startswith(language.mark("COMMAND ----------")):
            yield block
            block = []
        else:
            block.append((number, line))
    yield block


def _without_blank_ends(block: Lines) -> Lines:
    filled = [n for n, (_, line) in enumerate(block) if line.strip()]
    return block[filled[0] : filled[-1] + 1] if filled else ()


def _cell(block: Lines, language: SourceLanguage) -> Cell:
    title, body = _titled(block, language)
    if not body:
        return make_cell("", title=title)
    source = "\n".join(_without_magic_marks([line for _, line in body], language))
    return make_cell(source, language.name, line=body[0][0], title=title)


def _titled(block: Lines, language: SourceLanguage) -> tuple[str, Lines]:
    """The title and what is below it; `DBTITLE <n>,<title>` is always the first line."""
    mark = language.mark("DBTITLE ")
    first = block[0][1].strip()
    if not first.startswith(mark):
        return "", block
    return first.removeprefix(mark).partition(",")[2].strip(), _without_blank_ends(block[1:])


def _without_magic_marks(lines: list[str], language: SourceLanguage) -> list[str]:
    mark = language.mark("MAGIC")
    if not any(line.startswith(f"{mark} %") for line in lines):
        return lines
    return [
        line.removeprefix(mark).removeprefix(" ") if _is_marked(line, mark) else line
        for line in lines
    ]


def _is_marked(line: str, mark: str) -> bool:
    return line.rstrip() == mark or line.startswith(f"{mark} ")
