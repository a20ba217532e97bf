"""What becomes one object: the open file of a partition, when it is flushed, and the file that is uploaded."""

from dataclasses import dataclass
from typing import NamedTuple

from services.records.object_key import ObjectKey
from services.settings import Settings
from services.tables import bucket, user_of_topic


class Partition(NamedTuple):
    topic: str
    number: int

    def key(self, first: int) -> ObjectKey:
        """Key of the object that begins at an offset."""
        return ObjectKey(self.topic, self.number, first)

    @property
    def user_id(self) -> str:
        """Whose topic it is."""
        return user_of_topic(self.topic) or ""

    @property
    def bucket(self) -> str:
        """The bucket that it is sunk into."""
        return bucket(self.user_id)

    def __str__(self) -> str:
        return f"{self.topic}[{self.number}]"


@dataclass(frozen=True)
class ObjectFile:
    """Consecutive records that become one object: line i is the record at offset `first` + i."""

    partition: Partition
    first: int
    lines: list[bytes]

    @property
    def end(self) -> int:
        """Offset after the last record."""
        return self.first + len(self.lines)

    @property
    def key(self) -> str:
        """S3 key of the object."""
        return str(self.partition.key(self.first))


@dataclass(frozen=True)
class FlushPolicy:
    """When a file is flushed: whichever comes first.

    Attributes:
        records: Lines in it (`SINK_FLUSH_SIZE`).
        size: Bytes in it (`SINK_FLUSH_BYTES`).
        seconds: Since its first record was buffered (`SINK_ROTATE_INTERVAL`).
    """

    records: int
    size: int
    seconds: float

    @classmethod
    def of(cls, settings: Settings) -> "FlushPolicy":
        return cls(
            settings.sink_flush_size, settings.sink_flush_bytes, settings.sink_rotate_interval
        )


class PartitionBuffer:
    """The open file of one partition.

    Attributes:
        next: Offset that is expected; a higher one is a gap in the log, at which the file must end.
        planned: Number of records when an earlier run wrote the file into the manifest; nothing else flushes it.
    """

    def __init__(self, partition: Partition, first: int, policy: FlushPolicy) -> None:
        self.partition = partition
        self.next = first
        self.planned: int | None = None
        self._policy = policy
        self._lines: list[bytes] = []
        self._size = 0
        self._opened = 0.0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def size(self) -> int:
        """Bytes in it."""
        return self._size

    @property
    def first(self) -> int:
        """Offset of the first line; without lines, the expected one."""
        return self.next - len(self._lines)

    def is_gap(self, offset: int) -> bool:
        """Whether a record at this offset cannot follow in the same file."""
        return bool(self._lines) and offset != self.next

    def append(self, offset: int, line: bytes, now: float) -> None:
        """Add the record that follows; `now` is a monotonic clock's seconds."""
        if not self._lines:
            self._opened = now
        self._lines.append(line)
        self._size += len(line)
        self.next = offset + 1

    def should_flush(self) -> bool:
        """Whether the file has reached its number of records or bytes."""
        if self.planned is not None:
            return len(self._lines) >= self.planned
        return len(self._lines) >= self._policy.records or self._size >= self._policy.size

    def should_rotate(self, now: float) -> bool:
        """Whether the file has been open for its time."""
        if not self._lines or self.planned is not None:
            return False
        return now - self._opened >= self._policy.seconds

    def file(self) -> ObjectFile:
        """The file as it is now."""
        return ObjectFile(self.partition, self.first, self._lines)

    def advance(self, end: int) -> None:
        """Everything below `end` is in objects; lines from it on begin the next file."""
        self._lines = self._lines[max(end - self.first, 0) :]
        self._size = sum(map(len, self._lines))
        self.next = max(end, self.next)
        self.planned = None
