"""Tables as a notebook shows them: HTML in which every value is text, and a short form for logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from services.workspace.kernel.display.cell_text import cell_text
from services.workspace.kernel.process.output import publish

_MAX_CHARACTERS = 2_000_000
"""Characters of a shown table; Databricks' limit."""

_TEXT_WIDTH = 40
"""Characters of a value in the form for logs and terminals."""

_TEXT_ROWS = 20
"""Rows in that form."""


@dataclass(frozen=True)
class RenderedTable:
    """What a table shows: text by row and column; None is null.

    Attributes:
        note: A sentence below it; empty when there is nothing to say.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    note: str = ""


def render(
    columns: Sequence[Any], rows: Sequence[Sequence[Any]], limit: int, note: str = ""
) -> RenderedTable:
    """The first rows of a table, as text; the note says so when there are more."""
    shown: list[list[str | None]] = []
    size = 0
    for row in rows[:limit]:
        cells = [cell_text(value) for value in row]
        size += sum(len(cell or "") for cell in cells)
        if size > _MAX_CHARACTERS:
            break
        shown.append(cells)
    if len(shown) < len(rows):
        note = f"Showing the first {len(shown):,} rows. {note}".rstrip()
    return RenderedTable([str(name) for name in columns], shown, note)


def to_html(content: RenderedTable) -> str:
    """The table as HTML; whatever it holds is text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in content.columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in content.rows)
    note = f"<p>{escape(content.note)}</p>" if content.note else ""
    rows = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div style="max-height:30em;overflow:auto">{rows}</div>{note}'


def _cell(value: str | None) -> str:
    content = "<em>null</em>" if value is None else escape(value)
    return f'<td style="text-align:left;white-space:pre-wrap;overflow-wrap:anywhere;max-width:40em">{content}</td>'


def to_text(content: RenderedTable) -> str:
    """The first rows as text, for logs and terminals."""
    rows = [[_abbreviated(cell) for cell in row] for row in content.rows[:_TEXT_ROWS]]
    lines = [[_abbreviated(name) for name in content.columns], *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    left = len(content.rows) - len(rows)
    more = [f"… {left:,} more rows"] if left else []
    return "\n".join([*(_line(cells, widths) for cells in lines), *more, content.note]).rstrip()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(map(str.ljust, cells, widths)).rstrip()


def _abbreviated(cell: str | None) -> str:
    line = "null" if cell is None else " ".join(cell.split())
    return line if len(line) <= _TEXT_WIDTH else line[: _TEXT_WIDTH - 1] + "…"


def publish_table(content: RenderedTable, **options: Any) -> None:
    """Send a table; the options are those of `publish`."""
    publish({"text/html": to_html(content), "text/plain": to_text(content)}, **options)
