"""What ruff's Airflow rules find in a source text, and how ruff would mend it."""

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ruff import find_ruff_bin

from dag_migration.text import Edit, TextPosition

RULES = ("AIR301", "AIR302", "AIR303", "AIR311")
"""Removed, moved and changed since Airflow 2. AIR312, AIR321: what still works in the locked version stays."""

_MOVED = re.compile(r"^from (?P<module>[\w.]+) import (?P<name>\w+)\s*$")
_SECONDS = 30


class NewLocation(NamedTuple):
    """Where a name lives now."""

    module: str
    name: str


@dataclass(frozen=True)
class Violation:
    """One usage that Airflow 3 does not take, or will not much longer.

    Attributes:
        rule: `AIR301`, …
        position: Where it begins.
        message: What it is, in ruff's words.
        edits: How ruff would mend it; empty when it does not know.
        safe: Whether ruff is sure that this changes nothing else.
    """

    rule: str
    position: TextPosition
    message: str
    edits: tuple[Edit, ...]
    safe: bool

    @property
    def new_location(self) -> NewLocation | None:
        """Where the name has moved, if ruff would import it from elsewhere."""
        matches = (_MOVED.match(edit.text) for edit in self.edits)
        return next((NewLocation(m["module"], m["name"]) for m in matches if m), None)


def check(source: str) -> list[Violation]:
    """Run ruff over a text that is valid Python.

    Raises:
        RuntimeError: ruff did not answer; the message is its own.
    """
    try:
        done = subprocess.run(
            [find_ruff_bin(), *_arguments()],
            input=source,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", None) or str(error)
        raise RuntimeError(f"ruff could not check the file: {said}") from error
    return [_violation(row) for row in json.loads(done.stdout)]


def _arguments() -> Sequence[str]:
    return (
        *("check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "--ignore-noqa"),
        *(
            "--select",
            ",".join(RULES),
            "--output-format",
            "json",
            "--stdin-filename",
            "dag.py",
            "-",
        ),
    )


def _violation(row: dict[str, Any]) -> Violation:
    fix = row["fix"] or {"edits": [], "applicability": ""}
    edits = tuple(
        Edit(_position(edit["location"]), _position(edit["end_location"]), edit["content"])
        for edit in fix["edits"]
    )
    safe = fix["applicability"] == "safe"
    return Violation(row["code"] or "", _position(row["location"]), row["message"], edits, safe)


def _position(location: dict[str, int]) -> TextPosition:
    return TextPosition(location["row"], location["column"] - 1)
