"""Credentials as the text of a file, in the formats that the course's scripts read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Callable, Dict, Iterable, Iterator, Union

if TYPE_CHECKING:
    from .values import Value, Values

Tree = Dict[str, Union["Value", Dict[str, "Value"]]]
"""Keys, at most one section deep."""

_SUFFIX = re.compile(r"\.(ya?ml|json|ini|cfg|conf|toml|env|txt)(?:\.|$)", re.IGNORECASE)
_LINE = re.compile(
    r"""^(?P<head>[\s{]*(?:-\s+|export\s+)?(?P<quote>["']?)(?P<key>[\w.-]+)(?P=quote)\s*[:=][ \t]*)"""
    r"""(?P<value>"[^"]*"|'[^']*'|[^#,}\n]*?)(?P<tail>\s*[,}]*\s*(?:#.*)?)$"""
)


def format_of(name: str) -> str:
    """`yaml`, `json`, `ini`, `toml` or `env`, by a file's name."""
    if name.lower().startswith(".env"):
        return "env"
    found = _SUFFIX.search(name)
    suffix = found.group(1).lower() if found else "yaml"
    return {"yml": "yaml", "txt": "yaml", "cfg": "ini", "conf": "ini"}.get(suffix, suffix)


def tree(values: Values, asked: Iterable[tuple[str, ...]]) -> Tree:
    """The usual keys, and those that are asked for, flat or in sections."""
    found: Tree = dict(values.usual())
    for keys in sorted(asked):
        value = values.find(keys[-1])
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


def render(kind: str, keys: Tree) -> str:
    """The text of a whole file."""
    if kind == "json":
        return json.dumps(keys, indent=2)
    return "\n".join(_RENDERERS[kind](keys)) + "\n"


def fill(kind: str, example: str, values: Values) -> str:
    """An example file with the local values in the place of its own; the keys are its own."""
    lines = example.splitlines()
    followers = [*lines[1:], ""]
    return "\n".join(_filled(kind, a, b, values) for a, b in zip(lines, followers)) + "\n"


def _filled(kind: str, line: str, following: str, values: Values) -> str:
    found = _LINE.match(line)
    value = values.find(found["key"]) if found else None
    if found is None or value is None or found["value"].startswith(("{", "[")):
        return line
    if not found["value"].strip() and _indent(following) > _indent(line):
        return line  # a section
    space = " " if found["head"].endswith(":") else ""
    return f"{found['head']}{space}{_scalar(kind, value)}{found['tail']}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0


def _scalar(kind: str, value: Value) -> str:
    return str(value) if kind in {"env", "ini"} else json.dumps(value)


def _yaml(keys: Tree) -> Iterator[str]:
    for key, value in keys.items():
        if isinstance(value, dict):
            yield f"{json.dumps(key)}:"
            yield from (f"  {line}" for line in _yaml(dict(value)))
        else:
            yield f"{json.dumps(key)}: {json.dumps(value)}"


def _env(keys: Tree) -> Iterator[str]:
    return (f"{key}={value}" for key, value in keys.items() if not isinstance(value, dict))


def _ini(keys: Tree) -> Iterator[str]:
    """Configparser takes no key twice, in any case: `HOST` is `host`."""
    flat = {key.lower(): v for key, v in keys.items() if not isinstance(v, dict)}
    sections: Tree = {key: v for key, v in keys.items() if isinstance(v, dict)}
    for name, section in {"DEFAULT": flat, **sections}.items():
        yield f"[{name}]"
        lowered = {k.lower(): v for k, v in section.items()} if isinstance(section, dict) else {}
        yield from (f"{key} = {value}" for key, value in lowered.items())


def _toml(keys: Tree) -> Iterator[str]:
    for key, value in keys.items():
        if not isinstance(value, dict):
            yield f"{key} = {json.dumps(value)}"
    for key, value in keys.items():
        if isinstance(value, dict):
            yield f"[{json.dumps(key)}]"
            yield from (f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())


_RENDERERS: dict[str, Callable[[Tree], Iterator[str]]] = {
    "yaml": _yaml,
    "env": _env,
    "ini": _ini,
    "toml": _toml,
}
