"""The tables of docs/times.md: what Python prints, and the moment it is read as."""

import email.utils
import json
import re
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from services.settings import PROJECT_ROOT

_ROW = re.compile(r"^\| `(?P<code>.+)` \| `(?P<text>.+)` \| (?P<result>.+) \|$", re.MULTILINE)
_NULL = "\n## Null"
_NOW = datetime(2021, 9, 26, 19, 49, 23, 456789)  # noqa: DTZ001 - times without a zone are a case
_UTC = _NOW.replace(tzinfo=UTC)

NAMES = {
    "np": np,
    "pd": pd,
    "email": email,
    "json": json,
    "now": _NOW,
    "whole": _NOW.replace(microsecond=0),
    "utc": _UTC,
    "paris": _UTC.astimezone(timezone(timedelta(hours=2))),
}
"""What the first column speaks of."""


def _rows(part: str) -> list[re.Match[str]]:
    return list(_ROW.finditer(part))


_READ, _, _UNREAD = (PROJECT_ROOT / "docs" / "times.md").read_text("utf-8").partition(_NULL)

PRINTED = {row["code"]: row["text"] for row in (*_rows(_READ), *_rows(_UNREAD))}
"""Python → what it gives."""

MOMENTS: dict[str, datetime | None] = {
    row["text"]: datetime.fromisoformat(row["result"]) for row in _rows(_READ)
} | {row["text"]: None for row in _rows(_UNREAD)}
"""Text → the moment it is; None for null."""


def as_posted(text: str) -> str | int | float:
    """A number is posted as one."""
    if not re.fullmatch(r"\d{9,}(\.\d+)?", text):
        return text
    return float(text) if "." in text else int(text)
