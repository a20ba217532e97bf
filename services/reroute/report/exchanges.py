"""What a script asked of the gateway and what it was told, in a few distinct lines: the material of a diagnosis."""

from collections import Counter
from dataclasses import dataclass

import msgspec

MOST_DISTINCT = 40
_MOST_TEXT = 300

_SAID = ("message", "Message", "errorMessage")


@dataclass(frozen=True)
class Exchange:
    """A request, without its body, and its answer.

    Attributes:
        method: HTTP verb.
        host: The host that the script meant.
        path: Without the query.
        media: The Content-Type that was sent; empty when there was none.
        status: HTTP status.
        code: The body's `error_code` (REST proxy) or `__type` (Kinesis), as text.
        message: What the body says.
    """

    method: str
    host: str
    path: str
    media: str
    status: int
    code: str
    message: str


class Exchanges:
    """Counts exchanges that are alike; beyond so many distinct ones it counts no new ones."""

    def __init__(self) -> None:
        self.counts: Counter[Exchange] = Counter()
        self.total = 0

    def add(self, exchange: Exchange) -> None:
        self.total += 1
        if exchange in self.counts or len(self.counts) < MOST_DISTINCT:
            self.counts[exchange] += 1


def error_of(body: bytes) -> tuple[str, str]:
    """The code and the message of an error's body; both empty when it has none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", body[:_MOST_TEXT].decode(errors="replace")
    if not isinstance(found, dict):
        return "", ""
    code = found.get("error_code", found.get("__type", ""))
    message = next((found[name] for name in _SAID if name in found), "")
    return str(code), str(message)[:_MOST_TEXT]
