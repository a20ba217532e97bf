"""An example file with the local values in the place of its own: its keys, their places and its comments count."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Iterator

from .rendering import scalar

if TYPE_CHECKING:
    from ..meaning.values import Values

_LINE = re.compile(
    r"""^(?P<head>[\s{]*(?:-\s+|export\s+)?(?P<quote>["']?)(?P<key>[\w. -]+?)(?P=quote)\s*[:=][ \t]*)"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^#,}\n]*?)(?P<tail>\s*[,}]*\s*(?:#.*)?)$"""
)
_ITEM = re.compile(
    r"""^(?P<head>\s*-\s+)(?P<value>"[^"]*"|'[^']*'|[^#\n:]+?)(?P<tail>\s*(?:#.*)?)$"""
)
_SECTION = re.compile(r"^\s*\[+\s*([^\[\]]+?)\s*\]+\s*(?:#.*)?$")
_USER_ID_DIGITS = 12
_REAL = re.compile(
    r"(?:.*[^0-9a-f])?[0-9a-f]{12}(?:[^0-9a-f].*)?|"
    r"https://[a-z0-9]{10}\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:/\w+)?/?"
)
"""An id of the user's own, and the address of an API of his: they work as they are."""
_TABLE = r"(pin|geo|user)"
_SHAPES = (
    (re.compile(rf"https?://.*/topics/[^/]*\.{_TABLE}"), "{} topic url"),
    (re.compile(rf"https?://.*/streams/[^/]*-{_TABLE}/records?"), "{} stream url"),
    (re.compile(r"https?://[^/]*execute-api[^/]*(?:/\w+)?/?"), "invoke url"),
    (re.compile(rf"[^\s/]+\.{_TABLE}"), "{} topic"),
    (re.compile(rf"streaming-[^\s/]+-{_TABLE}"), "{} stream"),
    (re.compile(r"user-\S+-bucket"), "bucket"),
    (re.compile(r"\S+\.rds\.amazonaws\.com"), "host"),
)


def fill(kind: str, example: str, values: Values) -> str:
    """The example's text, in which keys that we know have local values."""
    if kind == "json":
        try:
            return json.dumps(_filled_tree(json.loads(example), (), values), indent=2) + "\n"
        except ValueError:
            pass  # comments in it, as in some templates: line by line then
    lines = example.splitlines()
    places, filled = _Places(kind), []
    for line, following in zip(lines, [*lines[1:], ""]):
        place = places.of(line)
        filled.append(_filled(kind, line, following, place, values))
    return "\n".join(filled) + "\n"


def places(kind: str, text: str) -> Iterator[tuple[str, ...]]:
    """The keys that a file has, below their sections; a section that holds something is none."""
    lines = text.splitlines()
    sections = _Places(kind)
    for line in lines:
        place, found = sections.of(line), _LINE.match(line)
        if found and found["value"].strip() not in {"", "{", "["}:
            yield (*place, found["key"])


class _Places:
    """The sections that a line is in: by headings, by braces, by indentation."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._open: list[tuple[int, str]] = []

    def of(self, line: str) -> tuple[str, ...]:
        heading = _SECTION.match(line)
        if heading and self._kind in {"ini", "toml"}:
            self._open = [(0, part.strip("\"' ")) for part in heading.group(1).split(".")]
        elif self._kind in {"yaml", "txt"}:
            return self._by_indentation(line)
        elif self._kind in {"json", "py"}:
            return self._by_braces(line)
        return tuple(name for _, name in self._open)

    def _by_indentation(self, line: str) -> tuple[str, ...]:
        if line.strip():
            self._open = [(depth, name) for depth, name in self._open if depth < _indent(line)]
        place = tuple(name for _, name in self._open)
        found = _LINE.match(line)
        if found and not found["value"].strip():
            self._open.append((_indent(line), found["key"]))
        return place

    def _by_braces(self, line: str) -> tuple[str, ...]:
        place = tuple(name for _, name in self._open if name)
        opened = re.search(r"""["']?([\w-]+)["']?\s*(?:[:=]|\()?\s*[{(:]\s*$""", line)
        if line.rstrip().endswith(("{", "(")):
            self._open.append((0, opened.group(1) if opened else ""))
        elif line.strip().startswith(("}", ")")) and self._open:
            self._open.pop()
        return place


def _filled_tree(tree: Any, place: tuple[str, ...], values: Values) -> Any:
    if isinstance(tree, dict):
        return {key: _filled_tree(value, (*place, key), values) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_filled_tree(value, place, values) for value in tree]
    value = _value(place, str(tree), values)
    return tree if value is None else value


def _value(place: tuple[str, ...], example: str, values: Values) -> Any:
    """By the look of the example's value, else by the key."""
    text = example.strip().strip("\"'")
    if _REAL.fullmatch(text):
        return None
    for shape, meant in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return values.find(meant.format(*found.groups()))
    value = values.find(*place) if place else None
    return (
        None
        if isinstance(value, bool) or (_is_number(text) and not _is_port(value, values))
        else value
    )


def _is_number(text: str) -> bool:
    return text.isdigit() and len(text) < _USER_ID_DIGITS


def _is_port(value: Any, values: Values) -> bool:
    return value is not None and value in {values.find("port"), values.find("kafka_port")}


def _filled(kind: str, line: str, following: str, place: tuple[str, ...], values: Values) -> str:
    found, item = _LINE.match(line), _ITEM.match(line)
    if item is not None and found is None:
        value = _value((), item["value"], values)
        return line if value is None else f"{item['head']}{scalar(kind, value)}{item['tail']}"
    if found is None or found["value"].startswith(("{", "[", "(")):
        return line
    if not found["value"].strip() and _indent(following) > _indent(line):
        return line  # a section
    value = _value((*place, found["key"]), found["value"], values)
    if value is None:
        return line
    space = " " if found["head"].endswith(":") else ""
    return f"{found['head']}{space}{scalar(kind, value)}{found['tail']}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0
