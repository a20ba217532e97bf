"""What a missing file or module would hold: a value for each key that the script asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Tuple

from .connections import connection
from .formats.tree import Called, Namespace
from .meaning.keys import meaning
from .usage.node import ATTRIBUTE, CALLED, DEFAULT, LIST, LOOKED_UP, MAPPING, REQUIRED, Facts, Node

if TYPE_CHECKING:
    from .meaning.values import Values

Place = Tuple[str, ...]

_PATHS_OWN = {"name", "parent", "parents", "stem", "suffix"}
_TABLES = ("pin", "geo", "user")
_NEEDED = {
    "type",
    "driver",
    "drivername",
    "host",
    "user",
    "password",
    "database",
    "port",
    "engine",
    "kafka",
    "access_key_id",
    "secret_access_key",
}
"""Given even where the script has a value of its own: its database was another."""

_SEVERAL = {"topics", "streams", "tables", "urls", "headers"}

_DEEPEST = 6


class Contents(NamedTuple):
    """Keys with their values, and the places of those that cannot be guessed."""

    tree: dict[str, Any]
    unknown: list[Place]


def contents(node: Node, values: Values, *, connects: bool = False) -> Contents:
    """What is asked of a file or module; of one that connects to the database, engines too."""
    filler = _Filler(values, connects=connects)
    tree = filler.mapping(node, ())
    return Contents(tree, filler.unknown)


def is_whole(node: Node) -> bool:
    """Whether all its keys are taken together, so that there must be no others."""
    facts = node.facts
    return bool(facts.splats or facts.separators or MAPPING in facts.marks)


class _Filler:
    def __init__(self, values: Values, *, connects: bool) -> None:
        self._values = values
        self._connects = connects
        self.unknown: list[Place] = []

    def mapping(self, node: Node, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, child in node.facts.keys.items():
            marks = child.facts.marks
            if not (ATTRIBUTE in marks and REQUIRED not in marks and key in _PATHS_OWN):
                self._add(found, key, child, place)
        for key in sorted(node.facts.splats):
            for name in _spelled(key):
                if name not in found:
                    self._add(found, name, Node().mark(DEFAULT), place)
        return found

    def _add(self, found: dict[str, Any], key: str, child: Node, place: Place) -> None:
        value = self.value(child, (*place, key))
        if value is not None:
            found[key] = value
        elif REQUIRED in child.facts.marks and DEFAULT not in child.facts.marks:
            self.unknown.append((*place, key))

    def value(self, node: Node, place: Place) -> Any:
        """A scalar, a list, a mapping, a class; None where nothing can be guessed."""
        facts = node.facts
        if len(place) > _DEEPEST:
            return None
        made = connection(place[-1], facts, self._values) if self._connects else None
        if made is not None:
            return made
        if not facts.keys and not facts.splats:
            several = self._several(node, place)
            return several if several is not None else self._scalar(place, facts)
        held = self.mapping(node, place)
        if held:
            return _of_its_kind(held, facts)
        is_asked = any(unknown[: len(place)] == place for unknown in self.unknown)
        return held if is_asked else self._scalar(place, facts)

    def _several(self, node: Node, place: Place) -> Any:
        facts = node.facts
        by_table = self._values.collection(*place)
        if by_table is not None and facts.separators:
            return _joined(by_table, facts)
        is_mapping = bool({MAPPING, LOOKED_UP} & facts.marks)
        is_list = (LIST in facts.marks or facts.positions) and not is_mapping
        if not is_list and not is_mapping:
            return by_table if meaning(*place) in _SEVERAL else None
        if facts.element is not None and facts.element.facts.keys:
            rows = {table: self.mapping(facts.element, (*place, table)) for table in _TABLES}
            return list(rows.values()) if is_list else self._keyed(rows, facts)
        if by_table is not None:
            return list(by_table.values()) if is_list else self._keyed(by_table, facts)
        value = self._scalar(place, facts) if is_list else None
        return None if value is None else [value]

    def _keyed(self, by_table: dict[str, Any], facts: Facts) -> dict[str, Any]:
        """Under MySQL's names where the script selects from what it loops over; under both where nothing tells."""
        names = [
            node.facts.contexts for node in (facts.loop_key, facts.element) if node is not None
        ]
        befores = {before.rstrip("`").lower() for contexts in names for before, _ in contexts}
        of_source = self._values.collection("tables") or {}
        long = {str(of_source.get(table, table)): value for table, value in by_table.items()}
        if any(before.endswith(" from ") for before in befores):
            return long
        return by_table if {MAPPING, LIST} & facts.marks else {**by_table, **long}

    def _scalar(self, place: Place, facts: Facts) -> Any:
        value = self._values.find(*place, usage=facts)
        if value is not None and DEFAULT in facts.marks and REQUIRED not in facts.marks:
            found = str(meaning(*place, usage=facts))
            return value if found in _NEEDED else None
        return value


def _of_its_kind(held: dict[str, Any], facts: Facts) -> dict[str, Any]:
    if CALLED in facts.marks:
        return Called(held)
    by_attribute = any(ATTRIBUTE in child.facts.marks for child in facts.keys.values())
    return Namespace(held) if by_attribute else held


def _joined(by_table: dict[str, Any], facts: Facts) -> str:
    """One text that the script splits: at commas, and each part again where it holds pairs."""
    inner = facts.element.facts.separators if facts.element is not None else set()
    between, pair = min(facts.separators), min(inner, default="")
    parts = (f"{table}{pair}{value}" if pair else str(value) for table, value in by_table.items())
    return between.join(parts)


def _spelled(key: str) -> tuple[str, ...]:
    """`*` for any library's `connect`."""
    return ("host", "user", "password", "database", "port") if key == "*" else (key,)


def single(values: Values, name: str, node: Node | None) -> Any:
    """The one value that a file of this name holds, such as `api_url.txt`."""
    return values.find(name, usage=node.facts if node is not None else None)
