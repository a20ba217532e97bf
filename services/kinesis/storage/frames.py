"""One record on disk: a checked header, the partition key, the data.

The header has a checksum of its own. Without it, a header whose length was damaged would look like the
torn end of the file, and everything after it would be cut off as if it had never been acknowledged.
"""

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple
from zlib import crc32

_FIELDS = Struct("<IHQI")
_CHECK = Struct("<I")
_CHECK_AT = _FIELDS.size
HEADER_BYTES = _FIELDS.size + _CHECK.size


class CorruptFrameError(Exception):
    """Bytes that were written whole are no longer what was written."""


class Frame(NamedTuple):
    """Offsets of a record in a buffer: its header at `start`, its key, its data up to `end`."""

    start: int
    key_at: int
    data_at: int
    end: int
    arrival_ms: int


def encode(key: bytes, data: bytes, arrival_ms: int) -> bytes:
    """The bytes of one record."""
    body_check = crc32(data, crc32(key))
    fields = _FIELDS.pack(len(data), len(key), arrival_ms, body_check)
    return b"".join((fields, _CHECK.pack(crc32(fields)), key, data))


def frames(buffer: bytes, start: int = 0) -> Iterator[Frame]:
    """The whole records of a buffer; what is left after the last of them is torn, or not written yet.

    Raises:
        CorruptFrameError: a checksum does not match; the message names the offset in the buffer.
    """
    view = memoryview(buffer)
    while len(buffer) - start >= HEADER_BYTES:
        length, key_length, arrival_ms, body_check = _FIELDS.unpack_from(buffer, start)
        key_at = start + HEADER_BYTES
        if not _is_header(view[start:key_at]):
            raise CorruptFrameError(f"the header at byte {start} is damaged")
        data_at = key_at + key_length
        end = data_at + length
        if end > len(buffer):
            return
        if crc32(view[key_at:end]) != body_check:
            raise CorruptFrameError(f"the record at byte {start} is damaged")
        yield Frame(start, key_at, data_at, end, arrival_ms)
        start = end


def any_whole(buffer: bytes, start: int) -> bool:
    """Whether a whole record begins at this byte or at any after it."""
    view = memoryview(buffer)
    for place in range(start, len(buffer) - HEADER_BYTES + 1):
        if _is_header(view[place : place + HEADER_BYTES]):
            try:
                next(frames(buffer, place))
            except (CorruptFrameError, StopIteration):
                continue
            return True
    return False


def arrival_of(header: bytes) -> int:
    """When the record with this header came, in epoch ms.

    Raises:
        CorruptFrameError: the header is not whole.
    """
    if len(header) < HEADER_BYTES or not _is_header(memoryview(header)):
        raise CorruptFrameError("a header is damaged")
    return int(_FIELDS.unpack_from(header)[2])


def _is_header(header: memoryview) -> bool:
    (check,) = _CHECK.unpack_from(header, _CHECK_AT)
    return bool(crc32(header[:_CHECK_AT]) == check)
