"""A cell's text → Python: Databricks' magics, which need no `%%` and may follow comments."""

import re
from collections.abc import Sequence

WHOLE_CELL = ("sql", "md", "md-sandbox", "sh", "fs", "scala", "r")
"""Magics that take all that follows in their cell. `%run` and `%pip` are lines, and stand where they are needed."""

_MAGIC = re.compile(r"[ \t]*%(?P<name>[A-Za-z][\w-]*)(?P<rest>.*)", re.DOTALL)


def transform(lines: list[str]) -> list[str]:
    """Turn a cell that a magic begins into a call of the magic; every other cell stays as it is.

    The result has the magic's call on the magic's own line, so that line numbers stay true.
    """
    first = _first(lines)
    if first is None:
        return lines
    if lines[first].lstrip().startswith("%%"):
        return lines[first:]
    magic = _MAGIC.match(lines[first])
    if magic is None:
        return lines
    return _call(magic["name"], magic["rest"], first, lines)


def _call(name: str, rest: str, first: int, lines: Sequence[str]) -> list[str]:
    before, body = ["\n"] * first, lines[first + 1 :]
    if name == "python":
        return [*before, rest.lstrip() or "\n", *body]
    if name not in WHOLE_CELL:
        return list(lines)
    text = rest.lstrip(" \t") + "".join(body)
    return [*before, f"get_ipython().run_cell_magic({name!r}, '', {text!r})\n"]


def _first(lines: Sequence[str]) -> int | None:
    """Index of the first line that is neither blank nor a comment, of Python's or of SQL's."""
    return next((n for n, line in enumerate(lines) if not _is_blank_or_comment(line)), None)


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith(("#", "--"))
