"""Which keys a script asks its credentials for, by the look of its text.

By regular expressions and not by a parser: the text may be of a later Python than the one that reads it.
"""

from __future__ import annotations

import os
import re

_TEXT = r"""["']([^"'\n\]]{1,60})["']"""
_STEP = re.compile(rf"\[\s*{_TEXT}\s*\]|\.get\(\s*{_TEXT}\s*[,)]")
_CHAIN = re.compile(rf"(?:\[\s*{_TEXT}\s*\]|\.get\(\s*{_TEXT}(?:\s*,[^()\n]*)?\))+")
_PAIR = re.compile(rf"\.get\(\s*{_TEXT}\s*,\s*{_TEXT}\s*\)")
_ENVIRON = re.compile(rf"(?:environ(?:\.get\(|\[)|getenv\()\s*{_TEXT}")
_CALL = re.compile(rf"\b(?:config|getenv|env)\(\s*{_TEXT}")

MOST_FILES = 50
MOST_BYTES = 1_000_000


def asked_for(text: str) -> set[tuple[str, ...]]:
    """Paths of keys, such as `("HOST",)` or `("rds", "host")`."""
    found: set[tuple[str, ...]] = set()
    for chain in _CHAIN.finditer(text):
        found.add(tuple(a or b for a, b in _STEP.findall(chain.group())))
    found.update((section, key) for section, key in _PAIR.findall(text))
    found.update((key,) for key in _CALL.findall(text))
    return found


def variables(text: str) -> set[str]:
    """The environment's variables that a text asks for."""
    return set(_ENVIRON.findall(text))


def sources(root: str) -> str:
    """The text of the Python files in a folder."""
    texts = []
    for name in sorted(os.listdir(root))[:MOST_FILES]:
        if name.endswith(".py"):
            path = os.path.join(root, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                texts.append(file.read(MOST_BYTES))
    return "\n".join(texts)
