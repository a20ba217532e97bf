"""Kinds of what a configuration holds, beside Python's own."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple


class Namespace(Dict[str, Any]):
    """Asked for by attribute."""


class Called(Namespace):
    """A class, or a function that returns what is asked for."""


class Connection(NamedTuple):
    """Makes an engine, or a connection, of the local database.

    Attributes:
        code: The expression.
        library: What it needs.
        called: A function does it.
    """

    code: str
    library: str
    called: bool


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both, in `above`'s order; its values count, section by section."""
    found: dict[str, Any] = dict(above)
    for key, value in below.items():
        ours = found.get(key)
        if key not in found:
            found[key] = value
        elif type(ours) is dict and isinstance(value, dict):
            found[key] = merged(value, ours)
    return found
