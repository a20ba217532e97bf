"""Configuration as the text of a file, in the formats that the course's scripts read."""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Dict, Iterator

from .python_text import python_lines

Tree = Dict[str, Any]

_SUFFIX = re.compile(
    r"\.(ya?ml|json|ini|cfg|conf|toml|env|txt|csv|py|properties|tfstate|url)(?:\.|$)", re.IGNORECASE
)
_FORMATS = {
    "yml": "yaml",
    "cfg": "ini",
    "conf": "ini",
    "properties": "env",
    "tfstate": "json",
    "url": "txt",
}


def format_of(name: str) -> str:
    """`yaml`, `json`, `ini`, `toml`, `env`, `csv`, `py` or `txt`, by a file's name."""
    if name.lower().startswith(".env"):
        return "env"
    if name in {"credentials", "config"}:
        return "ini"  # AWS's
    found = _SUFFIX.search(name)
    suffix = found.group(1).lower() if found else "txt"
    return _FORMATS.get(suffix, suffix)


def render(kind: str, keys: Tree) -> str:
    """The text of a whole file."""
    if kind == "json":
        return json.dumps(keys, indent=2) + "\n"
    return "\n".join(_RENDERERS.get(kind, _yaml)(keys)) + "\n"


def scalar(kind: str, value: Any) -> str:
    """A value as it stands behind its key."""
    if kind == "py":
        return repr(value)
    if kind not in {"env", "ini", "csv", "txt"}:
        return json.dumps(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and not any(isinstance(part, (dict, list)) for part in value):
        return ",".join(map(str, value))
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _yaml(keys: Tree) -> Iterator[str]:
    for key, value in keys.items():
        if isinstance(value, dict) and value:
            yield f"{_yaml_key(key)}:"
            yield from (f"  {line}" for line in _yaml(value))
        else:
            yield f"{_yaml_key(key)}: {json.dumps(value)}"


def _yaml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_][\w-]*", key) and len(key) > 1 else json.dumps(key)


def _env(keys: Tree) -> Iterator[str]:
    return (
        f"{key}={scalar('env', value)}"
        for key, value in keys.items()
        if type(value) is not dict or not any(isinstance(part, dict) for part in value.values())
    )


def _colons(keys: Tree) -> Iterator[str]:
    return (f"{key}: {scalar('txt', value)}" for key, value in keys.items())


def _ini(keys: Tree) -> Iterator[str]:
    """Configparser takes no key twice, in any case: `HOST` is `host`."""
    flat = {key.lower(): v for key, v in keys.items() if not isinstance(v, dict)}
    sections = {key: v for key, v in keys.items() if isinstance(v, dict) and key != "DEFAULT"}
    flat.update({k.lower(): v for k, v in keys.get("DEFAULT", {}).items()})
    for name, section in {**({"DEFAULT": flat} if flat else {}), **sections}.items():
        yield f"[{name}]"
        lowered = {key.lower(): value for key, value in section.items()}
        yield from (
            f"{key} = {scalar('ini', value).replace('%', '%%')}" for key, value in lowered.items()
        )


def _toml(keys: Tree, above: str = "") -> Iterator[str]:
    for key, value in keys.items():
        if not isinstance(value, dict):
            yield f"{json.dumps(key)} = {_toml_value(value)}"
    for key, value in keys.items():
        if isinstance(value, dict):
            yield f"[{above}{json.dumps(key)}]"
            yield from _toml(value, f"{above}{json.dumps(key)}.")


def _toml_value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml_value(part)}" for key, part in value.items())
        return f"{{{', '.join(pairs)}}}"
    return json.dumps(value)


def _csv(keys: Tree) -> Iterator[str]:
    """A header and one row, as AWS's key files have."""
    yield ",".join(keys)
    yield ",".join(scalar("csv", value) for value in keys.values())


_RENDERERS: dict[str, Callable[[Tree], Iterator[str]]] = {
    "yaml": _yaml,
    "env": _env,
    "ini": _ini,
    "toml": _toml,
    "csv": _csv,
    "txt": _colons,
    "py": python_lines,
}
