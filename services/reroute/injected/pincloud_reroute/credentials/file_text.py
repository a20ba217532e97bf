"""The whole text of a missing file: after its example, or from the keys that the script asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, NamedTuple

from .contents import Contents, Place, contents, is_whole, single
from .file_names import stem_of
from .formats.examples import fill
from .formats.rendering import format_of, render, scalar
from .formats.tree import merged
from .other_files import without_known
from .source_texts import asked_for

if TYPE_CHECKING:
    from .meaning.values import Values
    from .usage.node import Node
    from .usage.project import Usage

BLANK = "FILL_IN"
"""Stands where a value cannot be guessed, in files that are written to be edited."""

_BY_LOADER = {
    "yaml": "yaml",
    "json": "json",
    "toml": "toml",
    "ini": "ini",
    "env": "env",
    "csv": "csv",
}
_open = open  # the user's process sees a changed one


class Text(NamedTuple):
    """A file's text, and the places of its keys that cannot be guessed."""

    text: str
    unknown: list[Place]

    @property
    def not_guessed(self) -> str:
        """What to add to the message."""
        return f"; not guessed: {named(self.unknown)}" if self.unknown else ""


def named(places: Iterable[Place]) -> str:
    """Keys, for a person."""
    return ", ".join(sorted({".".join(place) for place in places}))


class FileText:
    def __init__(self, values: Values) -> None:
        self._values = values

    def of(self, name: str, example: str | None, usage: Usage, *, blanks: bool) -> Text:
        """What a file of this name would hold; with blanks for what cannot be guessed."""
        node = usage.environment if format_of(name) == "env" else usage.file(name)
        asked = contents(node, self._values)
        if example is not None:
            with _open(example, encoding="utf-8", errors="replace") as file:
                return Text(fill(format_of(name), file.read(), self._values), [])
        line = self._line(name, node)
        if line is not None:
            return Text(f"{line}\n", [])
        kind = _kind(name, node)
        if blanks and (asked.tree or asked.unknown):
            tree = dict(asked.tree)
        elif kind == "csv":
            tree = _row(asked, self._values)
        else:
            tree = self._tree(asked, node, usage, kind)
        tree = without_known(tree, node, name, usage.root)
        if blanks:
            for place in asked.unknown:
                put(tree, place, BLANK)
        return Text(_rendered(kind, tree, node), asked.unknown)

    def _line(self, name: str, node: Node) -> Any:
        """A file of one line, such as `api_url.txt`, or of one value a line in a known order."""
        facts = node.facts
        if format_of(name) != "txt" or facts.keys or facts.loaders:
            return None
        if facts.separators - {"\n"} and "=" in "".join(facts.separators):
            return None
        if facts.positions and not facts.separators - {"\n"}:
            lines = (single(self._values, n.facts.names[0], n) if n.facts.names else ""
                     for _, n in sorted(facts.positions.items()))  # fmt: skip
            return "\n".join("" if line is None else str(line) for line in lines)
        return single(self._values, stem_of(name), node)

    def _tree(self, asked: Contents, node: Node, usage: Usage, kind: str) -> dict[str, Any]:
        if (asked.tree or asked.unknown) and (is_whole(node) or kind == "ini"):
            return dict(asked.tree)  # in an INI file, what has no section is in every section
        usual = _looked_up(self._values, asked_for(usage.text))
        decided = node.facts.keys.keys() - asked.tree.keys()
        return merged({k: v for k, v in usual.items() if k not in decided}, asked.tree)


def _kind(name: str, node: Node) -> str:
    loaders = sorted(node.facts.loaders & _BY_LOADER.keys())
    if len(loaders) == 1:
        return _BY_LOADER[loaders[0]]
    kind = format_of(name)
    if kind == "txt":
        return "env" if "=" in "".join(node.facts.separators) else "txt"
    return kind


def _rendered(kind: str, tree: dict[str, Any], node: Node) -> str:
    if kind == "txt" and not node.facts.separators:
        return render("yaml", tree)
    return render(kind, tree)


def _row(asked: Contents, values: Values) -> dict[str, Any]:
    """AWS's own file of keys, unless the script asks for other columns."""
    if asked.tree:
        return asked.tree
    names = ("Access key ID", "Secret access key")
    return {name: scalar("csv", values.find(name)) for name in names}


def put(tree: dict[str, Any], place: Place, value: Any) -> None:
    """Set a value at its place."""
    for key in place[:-1]:
        below = tree.get(key)
        if not isinstance(below, dict):
            tree[key] = below = {}
        tree = below
    tree[place[-1]] = value


def _looked_up(values: Values, asked: Iterable[Place]) -> dict[str, Any]:
    """The usual keys, and those that are asked for anywhere, flat or in sections."""
    found: dict[str, Any] = dict(values.usual())
    for keys in sorted(asked):
        value = values.find(*keys[-2:])
        if value is None:
            continue
        if len(keys) == 1:
            found.setdefault(keys[0], value)
            continue
        section = found.get(keys[-2])
        if not isinstance(section, dict):
            found[keys[-2]] = section = dict(values.usual())
        section[keys[-1]] = value
    return found
