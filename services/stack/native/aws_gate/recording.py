"""The emulator's recording: one JSON object for each request, replayed after a restart."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.files import replacing

_READS = {"GET", "HEAD", "OPTIONS"}
_DECODER = json.JSONDecoder()


def compact(recording: Path) -> int:
    """Drop what cannot or need not be replayed; return the number of requests that are left.

    A kill can tear the last line, and requests recorded at the same moment can share one. Requests
    that only read change nothing. The rewritten file replaces the old one in one step.
    """
    if not recording.exists():
        return 0
    kept = 0
    with recording.open(encoding="utf-8") as source, replacing(recording) as target:
        for line in source:
            for entry in _entries(line):
                if entry.get("method") not in _READS:
                    target.write(json.dumps(entry).encode() + b"\n")
                    kept += 1
    return kept


def _entries(line: str) -> Iterator[dict[str, Any]]:
    """All whole JSON objects of one line; a torn one ends it."""
    rest = line.strip()
    while rest:
        try:
            entry, end = _DECODER.raw_decode(rest)
        except json.JSONDecodeError:
            return
        yield entry
        rest = rest[end:].lstrip()
