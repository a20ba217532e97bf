"""Which missing modules are configuration that was never committed, rather than a package or a file gone astray."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .connections import is_connection, may_connect
from .file_names import says_credentials

if TYPE_CHECKING:
    from .usage.node import Node
    from .usage.project import Usage

_OWN_PACKAGES = {
    "app", "code", "common", "conf", "config", "core", "creds", "credentials", "helpers", "lib", "modules", "project",
    "scripts", "secrets", "settings", "src", "tools", "util", "utils",
}  # fmt: skip
_DEEPEST = 2
_NAME = re.compile(
    r"(?:[a-z0-9]+_)*(?:db|rds|aws|my|api)?(?:creds?|credentials?|secrets?|config(?:uration)?s?|settings|"
    r"constants?|login|keys?|passwords?|env|environment|params|parameters|private)"
    r"(?:_(?:file|local|info|details?|db|rds|aws|keys?|vars?|variables))?",
    re.IGNORECASE,
)


def is_configuration(name: str, usage: Usage) -> bool:
    """Whether the script means a module with credentials: by its name, or by what it takes from it."""
    if _NAME.fullmatch(name.rpartition(".")[2]) is not None:
        return True
    if not usage.imports(name):
        return False
    if any(_is_told(f"{name}.{below}", usage) for below in usage.modules_below(name)):
        return True
    return says_credentials(usage.module(name)) or connects(name, usage)


def _is_told(module: str, usage: Usage) -> bool:
    """Whether a module of a package that is missing too is one of the script's own."""
    package, _, name = module.rpartition(".")
    if package.lower() in _OWN_PACKAGES and _NAME.fullmatch(name):
        return True
    return says_credentials(usage.module(module)) or connects(module, usage)


def connects(name: str, usage: Usage) -> bool:
    """Whether the script takes an engine, or a connection, from a module of its own."""
    return may_connect(name) and _has_connection(usage.module(name), 0)


def _has_connection(node: Node, depth: int) -> bool:
    for key, child in node.facts.keys.items():
        if is_connection(key, child.facts) or (
            depth < _DEEPEST and _has_connection(child, depth + 1)
        ):
            return True
    return False


def configuration_modules(usage: Usage, missing: set[str]) -> set[str]:
    """Those of the missing modules that are offered, and that no registry has."""
    return {name for name in missing if is_configuration(name, usage)}
