"""Files that are there and that a missing one is read together with: what they say is left to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterator

from .formats.examples import places
from .formats.rendering import format_of

if TYPE_CHECKING:
    from .usage.node import Node

_open, _exists = open, os.path.isfile  # the user's process sees changed ones
_MOST_BYTES = 100_000
_MOST_FOLDERS = 200


def without_known(tree: dict[str, Any], node: Node, name: str, root: str) -> dict[str, Any]:
    """The tree without the keys that another file of the same configuration has."""
    names = {os.path.basename(text) for text in node.facts.texts} - {name, ""}
    known = {place for path in _found(names, root) for place in _keys(path)}
    return _without(tree, known, ()) if known else tree


def _found(names: set[str], root: str) -> Iterator[str]:
    for number, (folder, folders, files) in enumerate(os.walk(root) if names else ()):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(folder, file) for file in files if file in names)
        if number > _MOST_FOLDERS:
            return


def _keys(path: str) -> Iterator[tuple[str, ...]]:
    with _open(path, encoding="utf-8", errors="replace") as file:
        yield from places(format_of(path), file.read(_MOST_BYTES))


def _without(
    tree: dict[str, Any], known: set[tuple[str, ...]], place: tuple[str, ...]
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        here = (*place, key)
        if here in known:
            continue
        if type(value) is dict:
            below = _without(value, known, here)
            if below or not value:
                kept[key] = below
        else:
            kept[key] = value
    return kept
