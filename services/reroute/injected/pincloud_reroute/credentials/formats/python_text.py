"""Configuration as a Python module."""

from __future__ import annotations

from typing import Any, Iterator

from .tree import Called, Connection, Namespace


def python_lines(keys: dict[str, Any]) -> Iterator[str]:
    """A statement for each name."""
    for name, value in keys.items():
        if not name.isidentifier():
            continue
        if isinstance(value, Connection):
            yield from _connection(name, value)
        elif isinstance(value, Called) and name.islower():
            yield from _function(name, value)
        elif isinstance(value, Namespace):
            yield from _class(name, value)
        else:
            yield f"{name} = {value!r}"


def _class(name: str, held: dict[str, Any]) -> Iterator[str]:
    """Its attributes are the class's and its instances' alike; its methods are not known."""
    yield f"class {name}:"
    if isinstance(held, Called):
        yield "    def __init__(self, *_arguments, **_named):"
        yield "        pass"
    yield from (f"    {line}" for line in python_lines(held))


def _connection(name: str, made: Connection) -> Iterator[str]:
    if not made.called:
        yield f"import {made.library}"
        yield f"{name} = {made.code}"
        return
    yield f"def {name}(*_arguments, **_named):"
    yield f"    import {made.library}"
    yield f"    return {made.code}"


def _function(name: str, held: dict[str, Any]) -> Iterator[str]:
    yield f"def {name}(*_arguments, **_named):"
    yield "    class _Found(dict):"
    yield "        __getattr__ = dict.__getitem__"
    yield f"    return _Found({dict(held)!r})"
