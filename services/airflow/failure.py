"""Why a task failed, in the few lines of its log that say it."""

from collections.abc import Iterable, Mapping
from typing import Any

_BAD = {"error", "critical"}
_LONGEST = 2000


def error_lines(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """The exceptions in a task's log with their type, each once; without any, its lines of level error.

    Of exceptions that led to each other, the last one raised is told: it quotes what matters of the others.
    """
    bad = [event for event in events if event.get("level") in _BAD]
    raised = [event["error_detail"][0] for event in bad if event.get("error_detail")]
    lines = [f"{one.get('exc_type')}: {one.get('exc_value')}" for one in raised]
    lines = lines or [str(event["event"]) for event in bad if event.get("event")]
    return list(dict.fromkeys(_readable(line) for line in lines))


def _readable(text: str) -> str:
    r"""The provider quotes a notebook's error as a Python literal, in which a line end is `\n`."""
    return text.replace("\\n", "\n").strip()[:_LONGEST]
