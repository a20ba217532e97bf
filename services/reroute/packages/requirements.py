"""What a repository says that it needs: read as text, never run."""

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from services.reroute.packages.distributions import normalized

_MOST_BYTES = 200_000
_LINE = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<extras>\[[\w ,.-]*\])?\s*\(?(?P<version>[<>=!~][\w<>=!~.,*+ ]*)?\)?"
    r"\s*(?:[;#].*)?"
)
Requirements = dict[str, str]
"""Distribution, normalized → name, extras and version as pip takes them."""


def requirements(folders: Iterable[Path]) -> Requirements:
    """Of all files in the folders; the nearest folder's word counts."""
    found: Requirements = {}
    for folder in folders:
        for line in _lines(folder):
            if match := _LINE.fullmatch(line):
                text = f"{match['name']}{match['extras'] or ''}{(match['version'] or '').replace(' ', '')}"
                found.setdefault(normalized(match["name"]), text)
    return found


def _lines(folder: Path) -> Iterator[str]:
    readers = {
        "*requirements*.txt": _text, "requirements/*.txt": _text, "pyproject.toml": _pyproject, "Pipfile": _pipfile,
        "setup.cfg": _setup_cfg, "environment*.y*ml": _conda, "conda*.y*ml": _conda,
    }  # fmt: skip
    for pattern, read in readers.items():
        for file in sorted(folder.glob(pattern)):
            try:
                if file.is_file() and file.stat().st_size <= _MOST_BYTES:
                    yield from [str(line) for line in read(file.read_text(encoding="utf-8-sig"))]
            except (
                OSError,
                ValueError,
                AttributeError,
                TypeError,
                yaml.YAMLError,
                configparser.Error,
                RecursionError,
            ):
                continue  # a file that pip could not read either


def _text(content: str) -> Iterable[str]:
    return content.splitlines()


def _pyproject(content: str) -> Iterator[str]:
    tree = tomllib.loads(content)
    project = tree.get("project", {})
    yield from project.get("dependencies", [])
    for extra in project.get("optional-dependencies", {}).values():
        yield from extra
    yield from _table(tree.get("tool", {}).get("poetry", {}).get("dependencies", {}))


def _pipfile(content: str) -> Iterator[str]:
    yield from _table(tomllib.loads(content).get("packages", {}))


def _table(table: dict[str, Any]) -> Iterator[str]:
    """`name = "==1.2"`; a version in poetry's own words (`^1.2`) is left open."""
    for name, wanted in table.items():
        version = wanted.get("version", "") if isinstance(wanted, dict) else wanted
        yield f"{name}{version}" if str(version).startswith(("=", "<", ">", "~=", "!")) else name


def _setup_cfg(content: str) -> Iterator[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(content)
    yield from parser.get("options", "install_requires", fallback="").splitlines()


def _conda(content: str) -> Iterator[str]:
    for one in yaml.safe_load(content).get("dependencies", []):
        if isinstance(one, dict):
            yield from one.get("pip", [])
        else:
            text = str(one).rpartition("::")[2]
            name, _, version = text.partition("=")
            exact = version.lstrip("=").partition("=")[0]
            yield f"{name}=={exact}.*" if exact and name[-1:] not in "<>!~" else text
