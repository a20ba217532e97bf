"""Spark's errors, shortened to what a person can act on; whether the session is lost."""

import re

_LINES = 24
_CHARACTERS = 2_000

_LOST = re.compile(
    r"INVALID_HANDLE\.SESSION|SESSION_(?:CHANGED|CLOSED|NOT_FOUND)|StatusCode\.UNAVAILABLE|Connection refused"
)

SESSION_LOST = (
    "The Spark server was restarted or is down: this notebook's session is gone, with its temporary views, "
    "settings and streams. If `make status` shows Spark up, run the notebook again from its beginning."
)
"""The message in a notebook whose session is lost."""

_RPC = re.compile(
    r'_(?:MultiThreadedRendezvous|InactiveRpcError).*?details = "(?P<text>.*?)"\n', re.DOTALL
)
"""How gRPC itself puts an error."""

_AFTER = re.compile(r"\n\s*(?:JVM stacktrace:|=== Streaming Query ===|== SQL).*", re.DOTALL)
_PLAN = re.compile(r";?\n(?:'|\+- |:- |(?!Traceback)[A-Z]\w+ [\[(]).*", re.DOTALL)
_QUERY = re.compile(
    r"^(?:\[STREAM_FAILED\] Query \[[^\]]*\] terminated with exception: |\(STREAM_FAILED\) )"
)
_STATES = re.compile(r"(?:\s*SQLSTATE: \w{5})+\s*$")

_HEADING = "Traceback (most recent call last):\n"
_EARLIER = re.compile(rf"{re.escape(_HEADING)}.*(?={re.escape(_HEADING)})", re.DOTALL)
_FRAMES = re.compile(rf"{re.escape(_HEADING)}(?P<frames>(?:[ \t]+.*\n)*)")
_FRAME = re.compile(r'  File "(?P<file>[^"]*)".*\n(?:    .*\n)*')
_MACHINERY = re.compile(
    r"site-packages|pyspark\.zip|[\\/]lib[\\/]python3|[\\/]pyspark_kinesis[\\/]"
)

_DBFS = re.compile(r"\bdbfs://[^/\s]*/")


class SparkUnavailableError(Exception):
    """Spark does not answer, or has lost the session: by this name the executor knows it from a notebook's failure."""


def is_session_lost(error: BaseException) -> bool:
    """Whether Spark has lost the session, or cannot be reached."""
    return _LOST.search(str(error)) is not None


def short_message(error: BaseException) -> str:
    """What happened, in a few lines: no Java, no plan, of Python's frames only the notebook's own."""
    if is_session_lost(error):
        return SESSION_LOST
    text = str(error)
    rpc = _RPC.search(text)
    return tidy(_python(_spark(rpc["text"] if rpc else text)))


def tidy(text: str) -> str:
    """Text that is short enough to show, with DBFS paths as a notebook writes them."""
    lines = [line.rstrip() for line in _DBFS.sub("dbfs:/", text).strip().splitlines()]
    short = "\n".join(lines[:_LINES])
    return short if len(short) <= _CHARACTERS else f"{short[:_CHARACTERS]}…"


def _spark(text: str) -> str:
    """An error without the stack, the plan and the identifiers that follow it."""
    for pattern in (_AFTER, _PLAN, _QUERY, _STATES):
        text = pattern.sub("", text, count=1)
    return text


def _python(text: str) -> str:
    """Of chained tracebacks the last, and in it only frames that are not Spark's or ours."""
    return _FRAMES.sub(_own_frames, _EARLIER.sub("", text))


def _own_frames(traceback: re.Match[str]) -> str:
    frames = _FRAME.finditer(traceback["frames"])
    own = "".join(frame[0] for frame in frames if not _MACHINERY.search(frame["file"]))
    return f"{_HEADING}{own}" if own else "\n"
