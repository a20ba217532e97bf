"""Where records begin in a segment: every so many, so that memory stays small and a seek short."""

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
    """The places of some records of one segment, and how many records and bytes it has in all.

    Attributes:
        count: Records.
        size: Bytes.
        last_arrival_ms: When the newest record came; 0 when there is none.
    """

    def __init__(self) -> None:
        self.count = 0
        self.size = 0
        self.last_arrival_ms = 0
        self._places = array("Q")
        self._offsets = array("Q")

    def add(self, length: int, arrival_ms: int) -> None:
        """One more record, so many bytes long, at the end."""
        if self._is_due():
            self._places.append(self.count)
            self._offsets.append(self.size)
        self.count += 1
        self.size += length
        self.last_arrival_ms = arrival_ms

    def _is_due(self) -> bool:
        if not self._places:
            return True
        records, size = self.count - self._places[-1], self.size - self._offsets[-1]
        return records >= EVERY_RECORDS or size >= EVERY_BYTES

    def extend(self, found: Iterable[Frame]) -> "Index":
        """Add the records of a scan."""
        for frame in found:
            self.add(frame.end - frame.start, frame.arrival_ms)
        return self

    def before(self, place: int) -> tuple[int, int]:
        """The nearest known record at or before a place: its place and its byte."""
        entry = bisect_right(self._places, place) - 1
        return self._places[entry], self._offsets[entry]

    def end_of(self, place: int) -> int:
        """A byte where the record at this place has surely ended."""
        entry = bisect_right(self._places, place)
        return self._offsets[entry] if entry < len(self._offsets) else self.size

    def known(self) -> list[tuple[int, int]]:
        """All known places and bytes."""
        return list(zip(self._places, self._offsets, strict=True))

    def dump(self) -> bytes:
        """The index as bytes, with a checksum."""
        body = self._places.tobytes() + self._offsets.tobytes()
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
        index._places.frombytes(stored[_HEAD.size : middle])
        index._offsets.frombytes(stored[middle:])
        return index
