"""Why a task failed, in the few lines of its log that say it."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_BAD = {"error", "critical"}
_LONGEST = 4000

_QUOTED = re.compile(r"\[\{'task_key'.*\}\]", re.DOTALL)
"""How the Databricks provider quotes a run's errors: a Python literal, with `\\n` where a line ends."""


def error_lines(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """The exceptions in a task's log with their type, each once; without any, its lines of level error.

    Of exceptions that led to each other, the last one raised is told: it quotes what matters of the others.
    """
    bad = [event for event in events if event.get("level") in _BAD]
    raised = [event["error_detail"][0] for event in bad if event.get("error_detail")]
    texts = [_exception(one) for one in raised]
    texts = texts or [str(event["event"]) for event in bad if event.get("event")]
    return list(dict.fromkeys(text.strip()[:_LONGEST] for text in texts))


def _exception(raised: Mapping[str, Any]) -> str:
    """The notebook's own error when it is one, else the exception's type and text."""
    text = str(raised.get("exc_value"))
    quoted = _notebook_errors(text)
    return "\n".join(quoted) if quoted else f"{raised.get('exc_type')}: {text}"


def _notebook_errors(text: str) -> Sequence[str]:
    match = _QUOTED.search(text)
    if match is None:
        return []
    try:
        rows = ast.literal_eval(match[0])
        return [f"{row['task_key']}: {row['error']}" for row in rows if row["error"]]
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError):
        return []
