"""Which keys a script asks its credentials for, by the look of its text.

By regular expressions and not by a parser: the text may be of a later Python than the one that reads it.
"""

from __future__ import annotations

import json
import os
import re
from glob import escape, glob
from typing import Iterator

_TEXT = r"""["']([^"'\n\]]{1,60})["']"""
_GET = r"\.get(?:int|float|boolean)?\("
_STEP = re.compile(rf"\[\s*{_TEXT}\s*\]|{_GET}\s*{_TEXT}\s*[,)]")
_STEPS = rf"(?:\[\s*{_TEXT}\s*\]|{_GET}\s*{_TEXT}(?:\s*,[^()\n]*)?\))+"
_CHAIN = re.compile(_STEPS)
_PAIR = re.compile(rf"{_GET}\s*{_TEXT}\s*,\s*{_TEXT}\s*\)")
_SECTION = re.compile(
    rf"^[ \t]*(?P<name>[a-z_][\w.]*)[ \t]*=[ \t]*[\w.]+(?:\([^()\n]*\))?(?P<steps>{_STEPS})[ \t]*(?:#.*)?$",
    re.IGNORECASE | re.MULTILINE,
)
"""`db = config["database"]`: what is asked of `db` afterwards is asked of the section."""
_ENVIRON = re.compile(rf"(?:environ(?:\.get\(|\[)|getenv\()\s*{_TEXT}")
_CALL = re.compile(rf"\b(?:config|getenv|env)\(\s*{_TEXT}")

MOST_FILES = 50
MOST_BYTES = 1_000_000


def asked_for(text: str) -> set[tuple[str, ...]]:
    """Paths of keys, such as `("HOST",)` or `("rds", "host")`."""
    found: set[tuple[str, ...]] = set()
    found.update(_steps(chain.group()) for chain in _CHAIN.finditer(text))
    for section in _SECTION.finditer(text):
        used = re.finditer(rf"(?<![\w.]){re.escape(section['name'])}(?P<steps>{_STEPS})", text)
        found.update(_steps(section["steps"]) + _steps(use["steps"]) for use in used)
    found.update((section, key) for section, key in _PAIR.findall(text))
    found.update((key,) for key in _CALL.findall(text))
    return found


def _steps(chain: str) -> tuple[str, ...]:
    return tuple(a or b for a, b in _STEP.findall(chain))


def variables(text: str) -> set[str]:
    """The environment's variables that a text asks for."""
    return set(_ENVIRON.findall(text))


def sources(root: str) -> str:
    """The text of the Python files in a folder, and in the packages right below it."""
    return "\n".join(source_files(root).values())


def source_files(root: str) -> dict[str, str]:
    """The same, by path."""
    texts = {}
    for path in sorted(_files(root), key=lambda path: (path.count(os.sep), path))[:MOST_FILES]:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(MOST_BYTES)
        texts[path] = _cells(text) if path.endswith(".ipynb") else text
    return texts


def _cells(text: str) -> str:
    """A notebook's Python, without magics; nothing of one that is cut off."""
    try:
        cells = json.loads(text)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError):
        return ""
    lines = "\n".join(source for source in sources if not source.startswith("%%")).split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


def _files(root: str) -> Iterator[str]:
    for entry in os.scandir(root):
        if entry.name.endswith((".py", ".ipynb")) and entry.is_file():
            yield entry.path
        elif not entry.name.startswith(".") and entry.is_dir():
            yield from glob(os.path.join(escape(entry.path), "*.py"))
