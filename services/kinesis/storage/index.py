"""Sparse index of a segment: the offset of every 32nd record or so, so that memory stays small and a seek short."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from struct import Struct
from zlib import crc32

from services.kinesis.storage.frames import Frame

EVERY_RECORDS = 32
EVERY_BYTES = 64 * 1024
_HEAD = Struct("<IQQQ")


class Index:
    """Positions and byte offsets of some records of one segment; a position counts its records from 0.

    Attributes:
        count: Records.
        size: Bytes.
        last_arrival_ms: When the newest record came; 0 when there is none.
    """

    def __init__(self) -> None:
        self.count = 0
        self.size = 0
        self.last_arrival_ms = 0
        self._positions = array("Q")
        self._offsets = array("Q")

    def add(self, length: int, arrival_ms: int) -> None:
        """Add a record of `length` bytes at the end."""
        if self._is_due():
            self._positions.append(self.count)
            self._offsets.append(self.size)
        self.count += 1
        self.size += length
        self.last_arrival_ms = arrival_ms

    def _is_due(self) -> bool:
        if not self._positions:
            return True
        records, size = self.count - self._positions[-1], self.size - self._offsets[-1]
        return records >= EVERY_RECORDS or size >= EVERY_BYTES

    def extend(self, found: Iterable[Frame]) -> "Index":
        """Add the records of a scan."""
        for frame in found:
            self.add(frame.end - frame.start, frame.arrival_ms)
        return self

    def cut(self, count: int, size: int) -> None:
        """Forget the records after the first `count`, which have `size` bytes."""
        self.count, self.size = count, size
        while self._positions and self._positions[-1] >= count:
            self._positions.pop()
            self._offsets.pop()

    def before(self, position: int) -> tuple[int, int]:
        """The nearest indexed record at or before a position: its position and byte offset."""
        entry = bisect_right(self._positions, position) - 1
        return self._positions[entry], self._offsets[entry]

    def end_of(self, position: int) -> int:
        """A byte offset at or after the end of the record at this position."""
        entry = bisect_right(self._positions, position)
        return self._offsets[entry] if entry < len(self._offsets) else self.size

    def entries(self) -> list[tuple[int, int]]:
        """Position and byte offset of all indexed records."""
        return list(zip(self._positions, self._offsets, strict=True))

    def dump(self) -> bytes:
        """The index as bytes, with a checksum."""
        body = self._positions.tobytes() + self._offsets.tobytes()
        head = _HEAD.pack(0, self.count, self.size, self.last_arrival_ms)[4:]
        return crc32(head + body).to_bytes(4, "little") + head + body

    @classmethod
    def parse(cls, stored: bytes) -> "Index":
        """Read what `dump` made.

        Raises:
            ValueError: it is not that, or was damaged.
        """
        if len(stored) < _HEAD.size or (len(stored) - _HEAD.size) % 16:
            raise ValueError("not an index")
        check, count, size, last_arrival_ms = _HEAD.unpack_from(stored)
        if crc32(stored[4:]) != check:
            raise ValueError("a damaged index")
        index = cls()
        index.count, index.size, index.last_arrival_ms = count, size, last_arrival_ms
        middle = _HEAD.size + (len(stored) - _HEAD.size) // 2
        index._positions.frombytes(stored[_HEAD.size : middle])
        index._offsets.frombytes(stored[middle:])
        return index
