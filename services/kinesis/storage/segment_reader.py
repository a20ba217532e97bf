"""Reads records of a segment: the bytes between two indexed records, checked; finds records by time."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.frames import (
    HEADER_BYTES,
    CorruptFrameError,
    Frame,
    arrival_of,
    frames,
)
from services.kinesis.storage.segment import Segment


class ShardRecord(NamedTuple):
    """A stored record; `counter` counts the shard's records from 1."""

    counter: int
    key: str
    data: bytes
    arrival_ms: int


def read(segment: Segment, counter: int, limit: int) -> Iterator[ShardRecord]:
    """Up to `limit` records from a counter on, which the segment must hold.

    Raises:
        DamagedFileError: the file was damaged.
    """
    position = counter - segment.base
    last = min(position + limit, segment.index.count) - 1
    indexed, start = segment.index.before(position)
    block = _bytes(segment.path, start, segment.index.end_of(last))
    skipped, wanted = position - indexed, last - indexed + 1
    found = islice(_checked(segment.path, block), skipped, wanted)
    for number, frame in enumerate(found, start=counter):
        key = block[frame.key_at : frame.data_at].decode(errors="surrogatepass")
        yield ShardRecord(number, key, block[frame.data_at : frame.end], frame.arrival_ms)
        position = number - segment.base + 1
    if position <= last:
        raise DamagedFileError(segment.path, f"record {segment.base + position} is missing")


def arrival(segment: Segment, offset: int) -> int:
    """When the record at a byte offset came, in epoch ms."""
    try:
        return arrival_of(_bytes(segment.path, offset, offset + HEADER_BYTES))
    except CorruptFrameError as error:
        raise DamagedFileError(segment.path, f"{error} at byte {offset}") from error


def seek(segment: Segment, at_ms: int) -> int:
    """The counter of the first record that came at this time or later; the end if none did."""
    entries = segment.index.entries()
    entry = bisect_left(entries, at_ms, key=lambda row: arrival(segment, row[1])) - 1
    position = entries[max(entry, 0)][0]
    for record in read(segment, segment.base + position, segment.index.count):
        if record.arrival_ms >= at_ms:
            return record.counter
    return segment.end


def _checked(path: Path, block: bytes) -> Iterator[Frame]:
    try:
        yield from frames(block)
    except CorruptFrameError as error:
        raise DamagedFileError(path, str(error)) from error


def _bytes(path: Path, start: int, end: int) -> bytes:
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        return file.read(end - start)
