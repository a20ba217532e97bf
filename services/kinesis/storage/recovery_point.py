"""How much of a shard's newest segment is on the disk for certain, so that a torn end is told from damage.

As Kafka's recovery point: written after each sync of the segment, and not synced itself. It survives a kill; a loss of
power may leave an older one, which is true as well.
"""

import contextlib
import os
from pathlib import Path
from struct import Struct
from typing import NamedTuple
from zlib import crc32

FILE = "recovery-point"

_FIELDS = Struct("<QQ")
_CHECK_BYTES = 4


class RecoveryPoint(NamedTuple):
    """So many bytes (`size`) of the segment that begins at counter `base` are synced."""

    base: int
    size: int


def read(folder: Path) -> RecoveryPoint | None:
    """The point in a shard's folder; None when there is none, or it was torn."""
    try:
        stored = (folder / FILE).read_bytes()
    except OSError:
        return None
    fields, check = stored[: _FIELDS.size], stored[_FIELDS.size :]
    if len(fields) < _FIELDS.size or check != _check(fields):
        return None
    return RecoveryPoint(*_FIELDS.unpack(fields))


def write(folder: Path, point: RecoveryPoint) -> None:
    """Hand it to the operating system; where that fails an older one stays, and stays true."""
    fields = _FIELDS.pack(*point)
    with contextlib.suppress(OSError):
        file = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, fields + _check(fields), 0)
        finally:
            os.close(file)


def _check(fields: bytes) -> bytes:
    return crc32(fields).to_bytes(_CHECK_BYTES, "little")
