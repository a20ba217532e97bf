"""Spark's errors, shortened to what a person can act on."""

import re

_LINES = 12
_CHARACTERS = 2_000

_TRACE = re.compile(r"\n\s*JVM stacktrace:.*", re.DOTALL)
_PLAN = re.compile(r";?\n\s*(?:['+:].*|== .* ==.*)$", re.DOTALL)
_DBFS = re.compile(r"\bdbfs://[^/\s]*/")
_DETAILS = re.compile(r'details = "(?P<text>.*)"')

_LOST = (
    "INVALID_HANDLE.SESSION",
    "SESSION_CHANGED",
    "SESSION_CLOSED",
    "SESSION_NOT_FOUND",
    "StatusCode.UNAVAILABLE",
    "Connection refused",
)

LOST = (
    "The Spark server was restarted or is down: this notebook's session is gone, with its temporary views, "
    "settings and streams. If `make status` shows Spark up, run the notebook again from its beginning."
)
"""What a notebook is told whose session has died."""


def is_lost(error: BaseException) -> bool:
    """Whether Spark has lost the session, or cannot be reached."""
    return any(word in str(error) for word in _LOST)


def brief(error: BaseException) -> str:
    """The first meaningful lines: no JVM stack, no query plan, DBFS paths as a notebook writes them."""
    text = str(error)
    if is_lost(error):
        return LOST
    details = _DETAILS.search(text)
    if (details and "_Rendezvous" in text) or (details and "RpcError" in text):
        text = details["text"]
    return tidy(_PLAN.sub("", _TRACE.sub("", text)))


def tidy(text: str) -> str:
    """Text that is short enough to show, with `dbfs:/x` for `dbfs://<authority>/x`."""
    lines = [line.rstrip() for line in _DBFS.sub("dbfs:/", text).strip().splitlines()]
    short = "\n".join(lines[:_LINES])
    return short if len(short) <= _CHARACTERS else short[:_CHARACTERS] + "…"
