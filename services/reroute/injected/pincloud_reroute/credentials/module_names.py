"""Which missing modules are configuration that was never committed, rather than a package or a file gone astray."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .file_names import says_credentials

if TYPE_CHECKING:
    from .usage.project import Usage

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
    return usage.imports(name) and says_credentials(usage.module(name))


def configuration_modules(usage: Usage, missing: set[str]) -> set[str]:
    """Those of the missing modules that are offered, and that no registry has."""
    return {name for name in missing if is_configuration(name, usage)}
