"""`%pip`: says what is there; notebooks share one environment, which they do not change."""

import re
import sys
from importlib.metadata import PackageNotFoundError, version

from services.workspace.kernel.process.output import print_line

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_WITH_VALUE = {"-r", "--requirement", "-i", "--index-url", "--extra-index-url", "-c"}


def pip(line: str) -> None:
    """Say which of the packages of `%pip install …` are there, and how the others can be had."""
    command, *words = line.split() or [""]
    if command != "install":
        print_line(f"%pip {command}: nothing was done. Notebooks share this project's environment.")
        return
    wanted = _names(words)
    there = [f"{name} {found}" for name in wanted if (found := _version(name))]
    missing = [name for name in wanted if not _version(name)]
    if there:
        print_line(f"Already there: {', '.join(there)}.")
    if missing:
        names = " ".join(missing)
        print_line(f"Not there: {names}. Add with: {sys.executable} -m pip install {names}")
    if not wanted:
        print_line("%pip install: no package is named; nothing was done.")


def _names(words: list[str]) -> list[str]:
    names, skip = [], False
    for word in words:
        match = None if skip or word.startswith(("-", "/", ".")) else _NAME.match(word.strip("'\""))
        skip = word in _WITH_VALUE
        if match:
            names.append(match.group())
    return names


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
