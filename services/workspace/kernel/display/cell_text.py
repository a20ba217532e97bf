"""Single values as text: what a table of `display()` says for them."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from functools import singledispatch
from typing import Any

_LONGEST = 5_000
"""Characters of one value that are shown."""


def text(value: Any) -> str | None:
    """A value as Databricks shows it: ISO times, base64 bytes, JSON for what is nested; None is null."""
    known = plain(value)
    if known is None or isinstance(known, str):
        return None if known is None else _cut(known)
    return _cut(json.dumps(known, ensure_ascii=False))


@singledispatch
def plain(value: Any) -> Any:
    """A value as JSON knows it; NumPy's kinds become Python's, what nobody knows becomes text."""
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


@plain.register(str)
@plain.register(int)
@plain.register(float)
@plain.register(type(None))
def _(value: Any) -> Any:
    return value


@plain.register(bytes)
@plain.register(bytearray)
def _(value: bytes) -> str:
    return base64.b64encode(value).decode()


@plain.register
def _(value: date) -> str:
    """Timestamps are dates too."""
    return value.isoformat()


@plain.register(Mapping)
def _(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(plain(key)): plain(item) for key, item in value.items()}


@plain.register(list)
@plain.register(tuple)
def _(value: Any) -> Any:
    """A Row is a tuple with names, and is shown with them."""
    names = getattr(value, "__fields__", None)
    items = [plain(item) for item in value]
    return items if names is None else dict(zip(names, items, strict=True))


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}… ({len(value):,} characters)"
