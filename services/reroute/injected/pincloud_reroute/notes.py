"""Notes that the processes of a run leave for the runner: where they went without the gateway."""

from __future__ import annotations

import json
import os
from hashlib import sha256

HOST, AWS, BROKER = "host", "aws", "broker"
MOST = 50
"""Of one process; a crawler visits thousands of hosts."""

_PREFIX = "note-"


class Notes:
    """Writes each note once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._seen: set[tuple[str, str]] = set()

    def add(self, kind: str, text: str) -> None:
        """Leave a note; a folder that is gone or full takes none."""
        if (kind, text) in self._seen or len(self._seen) >= MOST:
            return
        self._seen.add((kind, text))
        name = _PREFIX + sha256(f"{kind} {text}".encode("utf-8", "replace")).hexdigest()
        try:
            descriptor = os.open(
                os.path.join(self._folder, name), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600
            )
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump([kind, text], file)
        except OSError:
            return


def read_notes(folder: str) -> dict[str, list[str]]:
    """Kind → the notes of all processes, sorted."""
    found: dict[str, list[str]] = {}
    for entry in os.scandir(folder):
        if entry.name.startswith(_PREFIX):
            try:
                with open(entry.path, encoding="utf-8") as file:
                    kind, text = json.load(file)
            except (OSError, ValueError):
                continue
            found.setdefault(str(kind), []).append(str(text))
    return {kind: sorted(texts) for kind, texts in found.items()}
