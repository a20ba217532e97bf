"""Why a task failed, in the few lines of its log that say it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_BAD = {"error", "critical"}
_LONGEST = 2000


def error_lines(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """The errors in a task's log, each once, exceptions with their type; empty when it has none."""
    lines = (line for event in events if event.get("level") in _BAD for line in _lines(event))
    return list(dict.fromkeys(lines))


def _lines(event: Mapping[str, Any]) -> Iterator[str]:
    exceptions = event.get("error_detail") or []
    if not exceptions and event.get("event"):
        yield _readable(str(event["event"]))
    for exception in exceptions:
        yield _readable(f"{exception.get('exc_type')}: {exception.get('exc_value')}")


def _readable(text: str) -> str:
    r"""The provider quotes a notebook's error as a Python literal, in which a line end is `\n`."""
    return text.replace("\\n", "\n").strip()[:_LONGEST]
