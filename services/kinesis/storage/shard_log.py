"""A shard's records: segment files in one folder, the newest appended to, the oldest trimmed."""

import shutil
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.files import make_folder, sync_folder
from services.kinesis.storage import recovery_point
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.recovery_point import RecoveryPoint
from services.kinesis.storage.segment import SUFFIX, Segment
from services.kinesis.storage.segment_reader import ShardRecord, arrival, read, seek
from services.kinesis.storage.segment_sync import SegmentSync

FIRST_COUNTER = 1


@dataclass(frozen=True)
class Rolling:
    """When a new segment is begun: by the newest one's bytes, or the ms since its first record."""

    size: int = 8 * 1024 * 1024
    age_ms: int = 3_600_000


class ShardLog:
    """Append, sync, read by counter, seek by time, trim.

    A record is not read before it is synced: if a loss of power took it, its counter would be given to another record,
    which a reader that has come past it would never see.

    Attributes:
        last_ms: When the newest record came, epoch ms; arrival never goes back, even if the clock does.
        losses: How often records that were not synced had to be given up.
        is_closed: Whether nothing can be written or synced any more.
    """

    def __init__(self, folder: Path, rolling: Rolling) -> None:
        self._folder = folder
        self._rolling = rolling
        self.losses = 0
        self.is_closed = False
        self._syncing: Segment | None = None
        make_folder(folder)
        bases = sorted(int(path.stem) for path in folder.glob(f"*{SUFFIX}"))
        self._segments = [Segment(folder, base) for base in bases or [FIRST_COUNTER]]
        self._open_newest()
        self.last_ms = max(segment.index.last_arrival_ms for segment in self._segments[-2:])
        self._began_ms = arrival(self._newest, 0) if self._newest.index.count else 0

    def _open_newest(self) -> None:
        """Check the newest segment against the recovery point, and sync it with its name."""
        point = recovery_point.read(self._folder)
        base, synced = self._newest.base, None
        if point is not None:
            synced = point.size if point.base == base else 0
            if point.base > base and point.size:
                raise DamagedFileError(Segment(self._folder, point.base).path, "it is missing")
        self._newest.open_to_write(synced)
        sync_folder(self._folder)
        self._mark()

    def _mark(self) -> None:
        recovery_point.write(self._folder, RecoveryPoint(self._newest.base, self._newest.synced))

    @property
    def _newest(self) -> Segment:
        return self._segments[-1]

    @property
    def horizon(self) -> int:
        """The counter of the oldest record that is kept (TRIM_HORIZON)."""
        return self._segments[0].base

    @property
    def next(self) -> int:
        """The counter of the next record that readers will see (LATEST)."""
        return self._newest.base + self._newest.synced_count

    @property
    def end(self) -> int:
        """The counter of the next record to be written."""
        return self._newest.end

    def append(self, records: list[tuple[bytes, bytes]], now_ms: int) -> int:
        """Write records (key, data), all or none; returns the first one's counter. `unsynced` tells what they wait for.

        Raises:
            OSError: the disk is full, or fails; nothing was written.
        """
        self.last_ms = max(self.last_ms, now_ms)
        if self._newest.index.size >= self._rolling.size:
            self._roll()
        if not self._newest.index.count:
            self._began_ms = self.last_ms
        first = self.end
        self._newest.append(records, self.last_ms)
        return first

    def _roll(self) -> None:
        self.sync()
        sealed, begun = self._newest, Segment(self._folder, self.end)
        begun.open_to_write(synced=0)
        sync_folder(self._folder)
        self._segments.append(begun)
        sealed.seal()
        self._mark()

    def sync(self) -> None:
        """Sync what was written, in this thread.

        Raises:
            OSError: the disk fails; what was not synced is given up.
        """
        try:
            self._newest.sync()
        except OSError:
            self.losses += 1
            self._newest.lose()
            raise
        self._mark()

    def begin_sync(self) -> SegmentSync | None:
        """A sync of what was written, to be run in any thread; None when nothing waits for one."""
        sync = self._newest.begin_sync()
        if sync is not None:
            self._syncing = self._newest
        return sync

    def end_sync(self, sync: SegmentSync) -> None:
        """Take the outcome of a sync: readers see its records, or all that was not synced is given up."""
        segment, self._syncing = self._syncing, None
        if segment is not None and not segment.end_sync(sync):
            self.losses += 1
        elif not self.is_closed:
            self._mark()

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
                return min(seek(segment, at_ms), self.next)
        return self.next

    def trim(self, before_ms: int, now_ms: int) -> None:
        """Delete the segments in which every record came before a time."""
        if self._newest.index.count and now_ms - self._began_ms >= self._rolling.age_ms:
            self._roll()
        while len(self._segments) > 1 and self._segments[0].index.last_arrival_ms < before_ms:
            self._segments.pop(0).delete()
            sync_folder(self._folder)  # one by one: never a gap

    def close(self) -> None:
        self.is_closed = True
        self._newest.close()

    def delete(self) -> None:
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
