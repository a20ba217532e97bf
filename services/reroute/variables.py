"""Credentials that a script takes from the environment, and that nobody has set there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.contents import contents
from services.reroute.injected.pincloud_reroute.credentials.file_formats import scalar
from services.reroute.injected.pincloud_reroute.credentials.keys import variables
from services.reroute.injected.pincloud_reroute.credentials.usage.project import Usage, read_usage
from services.reroute.injected.pincloud_reroute.credentials.values import Values

_LOADED = re.compile(r"\.env(\.\w+)?|[\w.-]+\.env|settings\.ini")
"""Files that a script may load by itself: what they set is theirs to set."""
_EXAMPLE = re.compile(r"example|sample|template|dist", re.IGNORECASE)
_SET = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]", re.MULTILINE)
_MOST_BYTES = 100_000


class Variables(NamedTuple):
    """Names with local values, and names that say nothing to us."""

    offered: dict[str, str]
    unknown: list[str]


def missing_variables(configuration: Configuration, inherited: Mapping[str, str]) -> Variables:
    """Local values of the variables that the script asks for, as far as we know what they mean."""
    usage, values = read_usage(configuration.root), Values(configuration)
    found = contents(usage.environment, values)
    others = variables(usage.text) - usage.environment.facts.keys.keys()
    asked = {**{name: values.find(name) for name in others}, **found.tree}
    loaded = {name.upper() for name in _loaded(Path(configuration.root))}
    is_set = inherited.keys() | {name for name in asked if name.upper() in loaded}
    offered = {name: scalar("env", value) for name, value in sorted(asked.items())
               if value is not None and name not in is_set}  # fmt: skip
    if _loads_a_file(usage):
        return Variables(offered, [])
    unknown = {place[-1] for place in found.unknown} - inherited.keys()
    return Variables(offered, sorted(name for name in unknown if name.upper() not in loaded))


def _loads_a_file(usage: Usage) -> bool:
    """Whether the variables are those of a file, which is offered or written when it is missing."""
    facts = usage.environment.facts
    return bool(facts.loaders or facts.texts)


def _loaded(root: Path) -> Iterator[str]:
    """The variables that files beside the script, or above it, set."""
    for folder in (root, *root.parents):
        for file in folder.glob("*"):
            if _LOADED.fullmatch(file.name) and not _EXAMPLE.search(file.name) and file.is_file():
                yield from _SET.findall(file.read_bytes()[:_MOST_BYTES].decode(errors="replace"))
