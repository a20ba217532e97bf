"""Which missing files are configuration, and which example lies beside them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Iterator

from ..process_context import LIBRARIES
from .formats.rendering import format_of
from .meaning.keys import meaning
from .usage.node import Node

if TYPE_CHECKING:
    from .usage.project import Usage

_NAME = re.compile(
    r"[\w.-]*(?:cred|secret|conf|login|db|database|rds|mysql|api|aws|key|access|detail)[\w.-]*"
    r"\.(?:ya?ml|json|ini|cfg|toml|env)|\.env(?:\.\w+)?|[\w-]+\.env|"
    r"[\w.-]*(?:cred|secret|login|password)[\w.-]*\.txt|[\w.-]*(?:root_?key|access_?key|credential)[\w.-]*\.csv",
    re.IGNORECASE,
)
_READ = re.compile(
    r"[\w. -]+\.(?:ya?ml|json|ini|cfg|conf|toml|env|txt|csv|properties|tfstate|url)|\.?[\w-]+",
    re.IGNORECASE,
)
"""Names that are offered when the script is seen to read credentials from them."""
_STRANGE = re.compile(r"[\w.-]*cred[\w.-]*\.ya?ml", re.IGNORECASE)
"""Names that are offered anywhere, such as in the home of whoever wrote the script."""

_NOT_OURS = {
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "settings.ini",
    "requirements.txt",
}
_AMAZONS = {"credentials", "config"}

_SAYS_MUCH = {
    "host", "password", "database", "port", "url", "engine", "access_key_id", "secret_access_key", "user_id",
    "bucket", "kafka", "api id", "api key", "topics", "streams",
}  # fmt: skip
_ALONE_ENOUGH = {"host", "password", "engine", "access_key_id", "secret_access_key", "kafka"}

_DEEPEST = 4

_exists = os.path.exists  # the user's process sees a changed one

_MARKS = (
    "example",
    "sample",
    "template",
    "dist",
    "tmpl",
    "default",
    "defaults",
    "placeholder",
    "test",
)


def last_part(path: str) -> str:
    """The file's name, also where the path was written on Windows."""
    return path.replace("\\", "/").rpartition("/")[2]


def is_configuration(path: str, usage: Usage) -> bool:
    """Whether a file that is missing is one that nobody commits."""
    name = last_part(path)
    if is_amazons(path):
        return True
    if _NAME.fullmatch(name) and name not in _NOT_OURS:
        return True
    return _READ.fullmatch(name) is not None and _is_read_as_such(usage.file(name), name)


def is_amazons(path: str) -> bool:
    """`~/.aws/credentials`."""
    folder, name = os.path.split(path)
    return name in _AMAZONS and os.path.basename(folder) == ".aws"


def is_offered_anywhere(name: str) -> bool:
    return _STRANGE.fullmatch(name) is not None


def is_of_a_library(path: str) -> bool:
    return any(library in path for library in LIBRARIES)


def _is_read_as_such(node: Node, name: str) -> bool:
    """What is asked of it sounds like credentials, or its one line by its name."""
    facts = node.facts
    if not facts.texts:
        return False
    if format_of(name) == "txt":
        stem = meaning(stem_of(name))
        if stem in _SAYS_MUCH or str(stem).endswith((" url", " topic", " stream")):
            return True
    return says_credentials(node)


def says_credentials(node: Node) -> bool:
    """Whether what is asked of it is what credentials have."""
    found = set(_meanings(node, ()))
    return bool(found & _ALONE_ENOUGH) or len(found & _SAYS_MUCH) > 1


def stem_of(name: str) -> str:
    """What a file of one line is called for: `api_url.txt`."""
    return os.path.splitext(name)[0]


def _meanings(node: Node, place: tuple[str, ...]) -> Iterator[str | None]:
    facts = node.facts
    for key, child in facts.keys.items():
        if child.facts.keys and len(place) < _DEEPEST:
            yield from _meanings(child, (*place, key))
        else:
            yield meaning(*place, key, usage=child.facts)
    yield from (meaning(name) for name in facts.splats)
    for child in facts.positions.values():
        yield from (meaning(name) for name in child.facts.names[:1])


def has_dotenv_above(full: str, name: str) -> bool:
    """Whether the search for `.env`, which goes upwards, will find a real one."""
    folder, above = full, os.path.dirname(full)
    while name == ".env" and above != folder:
        folder, above = above, os.path.dirname(above)
        if _exists(os.path.join(folder, name)):
            return True
    return False


def example_of(full: str) -> str | None:
    """The example that was to be copied to this path: `x.example.yaml`, `example_x.yaml`, `.env.sample`."""
    folder, name = os.path.split(full)
    for candidate in _candidates(name):
        path = os.path.join(folder, candidate)
        if candidate != name and _exists(path):
            return path
    return None


def _candidates(name: str) -> Iterator[str]:
    stem, suffix = os.path.splitext(name)
    bare = name.lstrip(".")
    for word in _MARKS:
        for mark in (word, f"{word}s", word.upper()):
            for sign in "._-":
                yield f"{stem}{sign}{mark}{suffix}"
                yield f"{name}{sign}{mark}"
                yield f"{mark}{sign}{bare}"
                if name.startswith("."):
                    yield f"{mark}{name}"
                    yield f"{mark}{sign}{name}"
    yield from (f"env.{word}" for word in _MARKS if name == ".env")
