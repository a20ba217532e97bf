"""Tables and foreign HTML, made safe to stand in a notebook."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

_CELL = 5_000
"""Characters of one value that are shown."""

_BYTES = 2_000_000
"""Size of a shown table, as on Databricks."""


@dataclass(frozen=True)
class Grid:
    """What a table shows: text by row and column; None is null.

    Attributes:
        note: A sentence below it; empty when all is there.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | None]]
    note: str = ""


def grid(columns: Sequence[str], rows: Sequence[Sequence[Any]], limit: int) -> Grid:
    """The first rows of a table, as text."""
    shown: list[list[str | None]] = []
    size = 0
    for row in rows[:limit]:
        cells = [None if value is None else cut(text(value)) for value in row]
        size += sum(len(cell or "") for cell in cells)
        if size > _BYTES:
            break
        shown.append(cells)
    note = f"Showing the first {len(shown):,} rows." if len(shown) < len(rows) else ""
    return Grid([str(name) for name in columns], shown, note)


def text(value: Any) -> str:
    """One value as Databricks shows it: ISO times, base64 bytes, JSON for what is nested."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (bytes, bytearray, Mapping, list, tuple)):
        return json.dumps(plain(value), ensure_ascii=False) if not _binary(value) else plain(value)
    return str(plain(value))


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if _binary(value):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple) and hasattr(value, "__fields__"):
        return {name: plain(item) for name, item in zip(value.__fields__, value, strict=True)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _binary(value: Any) -> bool:
    return isinstance(value, (bytes, bytearray))


def cut(value: str) -> str:
    """A value that is short enough to show."""
    return value if len(value) <= _CELL else f"{value[:_CELL]}… ({len(value):,} characters)"


def table(content: Grid) -> str:
    """The table as HTML; whatever it holds is text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in content.columns)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in content.rows)
    note = f"<p>{escape(content.note)}</p>" if content.note else ""
    return f"{_STYLE}<div class='pincloud-table'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}"


def _cell(value: str | None) -> str:
    return "<td><em>null</em></td>" if value is None else f"<td>{escape(value)}</td>"


_STYLE = (
    "<style>.pincloud-table{max-height:30em;overflow:auto}.pincloud-table td,.pincloud-table th"
    "{text-align:left;vertical-align:top;white-space:pre-wrap;max-width:40em}</style>"
)


def isolated(html: str) -> str:
    """Foreign HTML in a frame of its own: its scripts run, but reach neither the page nor its origin."""
    return (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(html)}" '
        'style="width:100%;height:20em;border:0;resize:vertical;overflow:auto"></iframe>'
    )


_WIDTH = 40
_PREVIEW = 20


def plain_table(content: Grid) -> str:
    """The first rows as text, for logs and terminals."""
    rows = [[_short(cell) for cell in row] for row in content.rows[:_PREVIEW]]
    names = [_short(name) for name in content.columns]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [names, *rows]
    ]
    left = len(content.rows) - len(rows)
    return "\n".join([*lines, *([f"… {left:,} more rows"] if left else []), content.note]).rstrip()


def _short(cell: str | None) -> str:
    line = "null" if cell is None else " ".join(cell.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
