"""A shard's records: segment files in one folder, the newest appended to, the oldest trimmed."""

import shutil
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.files import private_folder
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.segment import SUFFIX, Segment
from services.kinesis.storage.segment_reader import ShardRecord, arrival, read, seek

FIRST_COUNTER = 1


@dataclass(frozen=True)
class Rolling:
    """When a new segment is begun: by the newest one's bytes, or the ms since its first record."""

    size: int = 8 * 1024 * 1024
    age_ms: int = 3_600_000


class ShardLog:
    """Append, read by counter, seek by time, trim.

    Attributes:
        last_ms: When the newest record came, epoch ms; arrival never goes back, even if the clock does.
    """

    def __init__(self, folder: Path, rolling: Rolling) -> None:
        self._folder = folder
        self._rolling = rolling
        private_folder(folder)
        bases = sorted(int(path.stem) for path in folder.glob(f"*{SUFFIX}"))
        self._segments = [Segment(folder, base) for base in bases or [FIRST_COUNTER]]
        self._newest.open_to_write()
        self.last_ms = max(segment.index.last_arrival_ms for segment in self._segments[-2:])
        self._began_ms = arrival(self._newest, 0) if self._newest.index.count else 0

    @property
    def _newest(self) -> Segment:
        return self._segments[-1]

    @property
    def horizon(self) -> int:
        """The counter of the oldest record that is kept (TRIM_HORIZON)."""
        return self._segments[0].base

    @property
    def next(self) -> int:
        """The counter of the next record to be written (LATEST)."""
        return self._newest.end

    def append(self, records: list[tuple[bytes, bytes]], now_ms: int) -> int:
        """Write records (key, data), all or none; returns the first one's counter.

        Raises:
            OSError: the disk is full, or fails; nothing was written.
        """
        self.last_ms = max(self.last_ms, now_ms)
        if self._newest.index.size >= self._rolling.size:
            self._roll()
        if not self._newest.index.count:
            self._began_ms = self.last_ms
        first = self.next
        self._newest.append(records, self.last_ms)
        return first

    def _roll(self) -> None:
        sealed, begun = self._newest, Segment(self._folder, self.next)
        begun.open_to_write()
        self._segments.append(begun)
        sealed.seal()

    def read(self, counter: int, limit: int) -> Iterator[ShardRecord]:
        """Up to `limit` records from a counter on, or from the oldest that is kept.

        Raises:
            DamagedFileError: a file was damaged.
        """
        counter = max(counter, self.horizon)
        end = min(counter + limit, self.next)
        while counter < end:
            segment = self._holding(counter)
            for record in read(segment, counter, end - counter):
                yield record
                counter = record.counter + 1

    def _holding(self, counter: int) -> Segment:
        index = bisect_right(self._segments, counter, key=lambda segment: segment.base) - 1
        segment = self._segments[index]
        if segment is not self._newest and segment.end != self._segments[index + 1].base:
            raise DamagedFileError(segment.path, f"it ends before record {segment.end}, too early")
        return segment

    def seek(self, at_ms: int) -> int:
        """The counter of the first record that came at this time or later; `next` if none did."""
        for segment in self._segments:
            if segment.index.count and segment.index.last_arrival_ms >= at_ms:
                return seek(segment, at_ms)
        return self.next

    def trim(self, before_ms: int, now_ms: int) -> None:
        """Delete the segments in which every record came before a time."""
        if self._newest.index.count and now_ms - self._began_ms >= self._rolling.age_ms:
            self._roll()
        while len(self._segments) > 1 and self._segments[0].index.last_arrival_ms < before_ms:
            self._segments.pop(0).delete()

    def close(self) -> None:
        self._newest.close()

    def delete(self) -> None:
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
