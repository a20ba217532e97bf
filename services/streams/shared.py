"""Streams that hold rows of all three tables: which ones the speed layer takes beside its own three."""

import json
import re
from pathlib import Path

from services.files import lock, replace

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")


class StreamNameError(ValueError):
    """No stream can have this name; the message says what to give."""


def shared_streams(lake: Path) -> list[str]:
    """Their names, in the order in which they were added."""
    try:
        found = json.loads(_file(lake).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [name for name in found if isinstance(name, str) and _is_name(name)]


def add_shared_stream(lake: Path, name: str) -> bool:
    """Let the speed layer take a stream from now on; False when it does already.

    Raises:
        StreamNameError: it is no name of a stream.
    """
    if not _is_name(name):
        raise StreamNameError(
            f"STREAM={name}: a stream's name has 1 to 128 letters, digits and _.- only."
        )
    file = _file(lake)
    with lock(file.with_suffix(".lock")):
        known = shared_streams(lake)
        if name in known:
            return False
        replace(file, json.dumps([*known, name]).encode())
    return True


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in {".", ".."}


def _file(lake: Path) -> Path:
    return lake / "speed" / "_shared_streams.json"
