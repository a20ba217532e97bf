"""Credentials that a script takes from the environment, and that nobody has set there."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from services.reroute.injected.pincloud_reroute.configuration import Configuration
from services.reroute.injected.pincloud_reroute.credentials.contents import contents
from services.reroute.injected.pincloud_reroute.credentials.formats.examples import fill
from services.reroute.injected.pincloud_reroute.credentials.formats.rendering import scalar
from services.reroute.injected.pincloud_reroute.credentials.meaning.values import Values
from services.reroute.injected.pincloud_reroute.credentials.source_texts import variables
from services.reroute.injected.pincloud_reroute.credentials.usage.project import Usage, read_usage

_LOADED = re.compile(r"\.env(\.\w+)?|[\w.-]+\.env|settings\.ini")
"""Files that a script may load by itself: what they set is theirs to set."""
_EXAMPLE = re.compile(r"example|sample|template|dist", re.IGNORECASE)
_SET = re.compile(
    r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*[=:][ \t]*([^\n#]*?)[ \t]*$", re.MULTILINE
)
_WHOLE = re.compile(r"\bos\.environ\b(?!\s*[\[.])|\bexpandvars\b")
"""The environment as a whole: what is asked of it stands in other files, `${DB_HOST}`."""
_REFERENCE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_REFERRING = {".cfg", ".conf", ".ini", ".json", ".toml", ".yaml", ".yml"}
_MOST_BYTES = 100_000
_MOST_ABOVE = 3


class Variables(NamedTuple):
    """Names with local values, and names that say nothing to us."""

    offered: dict[str, str]
    unknown: list[str]


def missing_variables(configuration: Configuration, inherited: Mapping[str, str]) -> Variables:
    """Local values of the variables that the script asks for, as far as we know what they mean."""
    root, usage, values = (
        Path(configuration.root),
        read_usage(configuration.root),
        Values(configuration),
    )
    found = contents(usage.environment, values)
    others = variables(usage.text) - usage.environment.facts.keys.keys()
    guessed = {**{name: values.find(name) for name in others}, **found.tree}
    unknown = {place[-1] for place in found.unknown}
    example = _of_examples(root, values)
    if _WHOLE.search(usage.text):
        guessed.update({name: values.find(name) for name in {*example, *_referenced(root)}})
    asked = {
        **guessed,
        **{name: example[name] for name in example.keys() & (guessed.keys() | unknown)},
    }
    loaded = {name.upper() for name in _loaded(root)}
    is_set = inherited.keys() | {name for name in {*asked, *unknown} if name.upper() in loaded}
    offered = {name: scalar("env", value) for name, value in sorted(asked.items())
               if value is not None and name not in is_set}  # fmt: skip
    if _loads_a_file(usage):
        return Variables(offered, [])
    return Variables(offered, sorted(unknown - is_set - offered.keys()))


def _loads_a_file(usage: Usage) -> bool:
    """Whether the variables are those of a file, which is offered or written when it is missing."""
    facts = usage.environment.facts
    return bool(facts.loaders or facts.texts)


def _loaded(root: Path) -> Iterator[str]:
    """The variables that files beside the script, or above it, set."""
    for folder in (root, *root.parents):
        for file in folder.glob("*"):
            if _LOADED.fullmatch(file.name) and not _EXAMPLE.search(file.name):
                yield from (name for name, _ in _SET.findall(_text(file)))


def _of_examples(root: Path, values: Values) -> dict[str, str]:
    """What examples of such files say, with our values where they leave theirs out."""
    found: dict[str, str] = {}
    for file in _files(root):
        if _EXAMPLE.search(file.name) and "env" in file.name.lower():
            pairs = _SET.findall(fill("env", _text(file), values))
            found.update({name: value.strip("\"'") for name, value in pairs if _says(value)})
    return found


def _referenced(root: Path) -> set[str]:
    """Variables that configuration files name."""
    texts = (_text(file) for file in _files(root) if file.suffix in _REFERRING)
    return {name for text in texts for name in _REFERENCE.findall(text)}


def _files(root: Path) -> Iterator[Path]:
    """The project's, as far up as its repository goes."""
    for folder in (root, *root.parents)[:_MOST_ABOVE]:
        yield from sorted([*folder.glob("*"), *folder.glob("*/*")])
        if (folder / ".git").exists():
            return


def _says(value: str) -> bool:
    return bool(value) and not re.search(r"[<>]|your|change.?me|xxx|\.\.\.", value, re.IGNORECASE)


def _text(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return opened.read(_MOST_BYTES).decode(errors="replace")
