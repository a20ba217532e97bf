"""A value of the script, of which nothing is known but what is done with it."""

from __future__ import annotations

from typing import Any, Union

Part = Union[str, "Node"]

NUMBER, LIST, MAPPING, CALLED, ATTRIBUTE = "number", "list", "mapping", "called", "attribute"
LOOKED_UP = "looked up"
"""Asked for keys that are known only when the script runs."""
REQUIRED, DEFAULT = "required", "default"
"""Asked for without, and with, a value for when it is missing."""


_MOST_HOLDERS = 3


class Facts:
    """What is known of a value.

    Attributes:
        keys: Asked of it by subscript, `get` or attribute.
        positions: Asked of it by number.
        element: Any one of what it holds.
        texts: Constants that it may be; a file's content has those of its path.
        marks: The constants above.
        loaders: Formats that it is parsed as.
        names: Keywords, parameters and variables that it is given to.
        contexts: Text before and after it where it is put into a longer one; `{}` for other values.
        splats: Keywords that `f(**value)` takes.
        separators: What its lines are split at.
        loop_key: What loops over its keys call one of them.
        holder: What it is an element of.
        parts: What it is put together from.
        dotted: The name of what comes from a library.
        code: The function, class or module of the project that it is.
    """

    def __init__(self) -> None:
        self.keys: dict[str, Node] = {}
        self.positions: dict[int, Node] = {}
        self.element: Node | None = None
        self.texts: set[str] = set()
        self.marks: set[str] = set()
        self.loaders: set[str] = set()
        self.names: list[str] = []
        self.contexts: set[tuple[str, str]] = set()
        self.splats: set[str] = set()
        self.separators: set[str] = set()
        self.parts: list[Part] = []
        self.holder: Node | None = None
        self.loop_key: Node | None = None
        self.dotted = ""
        self.code: Any = None


class Node:
    """A value; two that may be the same are unified, and share their facts."""

    def __init__(self, *texts: str, dotted: str = "", code: Any = None) -> None:
        self._same: Node | None = None
        self._facts = Facts()
        self._facts.texts.update(texts)
        self._facts.dotted = dotted
        self._facts.code = code

    def _root(self) -> Node:
        node = self
        while node._same is not None:
            node = node._same
        return node

    @property
    def facts(self) -> Facts:
        return self._root()._facts

    @property
    def identity(self) -> int:
        """The same for nodes that are unified."""
        return id(self._root())

    def key(self, name: str) -> Node:
        """What it holds under a key."""
        return self.facts.keys.setdefault(name, Node())

    def position(self, number: int) -> Node:
        """What it holds at a place."""
        return self.facts.positions.setdefault(number, self._held())

    def element(self) -> Node:
        """Any one of what it holds."""
        facts = self.facts
        if facts.element is None:
            facts.element = self._held()
        return facts.element

    def source(self) -> Node:
        """The file whose line, or part of a line, it is; itself when it is none's."""
        node = self
        for _ in range(_MOST_HOLDERS):
            node = node.facts.holder or node
            if node.facts.texts:
                return node
        return self

    def _held(self) -> Node:
        held = Node()
        held.facts.holder = self
        return held

    def mark(self, *marks: str) -> Node:
        self.facts.marks.update(marks)
        return self

    def unify(self, other: Node) -> Node:
        """Make the two one."""
        ours, theirs = self._root(), other._root()
        if ours is theirs:
            return ours
        theirs._same = ours
        _merge(ours._facts, theirs._facts)
        return ours


def _merge(ours: Facts, theirs: Facts) -> None:
    for name in ("texts", "marks", "loaders", "contexts", "splats", "separators"):
        getattr(ours, name).update(getattr(theirs, name))
    ours.names.extend(name for name in theirs.names if name not in ours.names)
    ours.parts = ours.parts or theirs.parts
    ours.loop_key = ours.loop_key or theirs.loop_key
    ours.holder = ours.holder or theirs.holder
    ours.dotted = ours.dotted or theirs.dotted
    ours.code = ours.code or theirs.code
    if ours.element is None:
        ours.element = theirs.element
    elif theirs.element is not None:
        ours.element.unify(theirs.element)
    _merge_children(ours.keys, theirs.keys)
    _merge_children(ours.positions, theirs.positions)


def _merge_children(ours: dict[Any, Node], theirs: dict[Any, Node]) -> None:
    for key, node in list(theirs.items()):
        if key in ours:
            ours[key].unify(node)
        else:
            ours[key] = node
