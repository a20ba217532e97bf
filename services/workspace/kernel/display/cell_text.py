"""Single values as text: what a table of `display()` says for them."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from functools import singledispatch
from typing import Any

_MAX_CHARACTERS = 5_000
"""Characters of one value that are shown."""


def cell_text(value: Any) -> str | None:
    """A value as Databricks shows it: ISO times, base64 bytes, JSON for what is nested; None is null."""
    jsonable = to_jsonable(value)
    if jsonable is None or isinstance(jsonable, str):
        return None if jsonable is None else _truncated(jsonable)
    return _truncated(json.dumps(jsonable, ensure_ascii=False))


@singledispatch
def to_jsonable(value: Any) -> Any:
    """A value as JSON knows it; NumPy's kinds become Python's, what nobody knows becomes text."""
    return to_jsonable(value.tolist()) if hasattr(value, "tolist") else str(value)


@to_jsonable.register(str)
@to_jsonable.register(int)
@to_jsonable.register(float)
@to_jsonable.register(type(None))
def _(value: Any) -> Any:
    return value


@to_jsonable.register(bytes)
@to_jsonable.register(bytearray)
def _(value: bytes) -> str:
    return base64.b64encode(value).decode()


@to_jsonable.register
def _(value: date) -> str:
    """Timestamps are dates too."""
    return value.isoformat()


@to_jsonable.register(Mapping)
def _(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(to_jsonable(key)): to_jsonable(item) for key, item in value.items()}


@to_jsonable.register(list)
@to_jsonable.register(tuple)
def _(value: Any) -> Any:
    """A Row is a tuple with names, and is shown with them."""
    names = getattr(value, "__fields__", None)
    items = [to_jsonable(item) for item in value]
    return items if names is None else dict(zip(names, items, strict=True))


def _truncated(value: str) -> str:
    return (
        value
        if len(value) <= _MAX_CHARACTERS
        else f"{value[:_MAX_CHARACTERS]}… ({len(value):,} characters)"
    )
