"""One file of a shard's records (`<first counter>.records`); only the newest of a shard is written to."""

import contextlib
import logging
import os
from pathlib import Path

from services.files import replace, sync_data
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.frames import CorruptFrameError, any_whole, encode, frames
from services.kinesis.storage.index import Index
from services.kinesis.storage.segment_sync import SegmentSync

log = logging.getLogger(__name__)

SUFFIX = ".records"
_PAGE = 4096


class Segment:
    """Records of one shard from counter `base` on.

    The index of a sealed segment is read when it is first needed: a start does not pay for it.

    Attributes:
        synced: Bytes that outlive a loss of power, of the newest segment; what was written after them may be lost.
        synced_count: Records in them.
    """

    def __init__(self, folder: Path, base: int) -> None:
        self.base = base
        self.path = folder / f"{base:020d}{SUFFIX}"
        self.synced = self.synced_count = 0
        self._index_path = self.path.with_suffix(".index")
        self._index: Index | None = None
        self._file: int | None = None
        self._torn = False
        self._syncing: SegmentSync | None = None

    @property
    def index(self) -> Index:
        """Count, size and offsets of its records."""
        if self._index is None:
            self._index = self._stored_index() or self._scan()
        return self._index

    @property
    def end(self) -> int:
        """The counter after its last record."""
        return self.base + self.index.count

    @property
    def is_synced(self) -> bool:
        """Whether nothing waits to be synced."""
        return self._file is None or self.synced_count == self.index.count

    def _stored_index(self) -> Index | None:
        """The index that was written beside it when it was sealed, if it fits."""
        with contextlib.suppress(OSError, ValueError):
            index = Index.parse(self._index_path.read_bytes())
            if index.size == self.path.stat().st_size:
                return index
        return None

    def _scan(self) -> Index:
        index = Index()
        try:
            return index.extend(frames(self.path.read_bytes()))
        except CorruptFrameError as error:
            raise DamagedFileError(self.path, str(error)) from error

    def open_to_write(self, synced: int | None) -> None:
        """Make it the shard's newest: check every record, cut off a torn end, and sync what is left.

        Args:
            synced: So many bytes were on the disk for certain; None when nobody knows.

        Raises:
            DamagedFileError: a record was damaged that may have been acknowledged.
        """
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        content = self.path.read_bytes()
        self._index = self._whole(content, synced)
        if torn := len(content) - self._index.size:
            os.ftruncate(self._file, self._index.size)
            log.warning(
                "%s: cut off %s bytes after byte %s, of records that were never acknowledged",
                self.path, torn, self._index.size,
            )  # fmt: skip
        self.sync()

    def _whole(self, content: bytes, synced: int | None) -> Index:
        """The records up to the first that is not whole."""
        index, problem = Index(), ""
        try:
            index.extend(frames(content))
        except CorruptFrameError as error:
            problem = str(error)
        lost = synced is not None and index.size < synced
        if lost or (synced is None and problem and any_whole(content, index.size + 1)):
            raise DamagedFileError(self.path, problem or f"it ends at byte {index.size}, too early")
        return index

    def append(self, records: list[tuple[bytes, bytes]], arrival_ms: int) -> None:
        """Write records (key, data): all, or none. Until they are synced a loss of power may take them.

        Raises:
            OSError: the disk is full, or fails.
        """
        if self._file is None:
            raise RuntimeError(f"{self.path} is sealed")
        written = [encode(key, data, arrival_ms) for key, data in records]
        size = self.index.size
        if self._torn:
            self._cut(size)
        try:
            _write(self._file, b"".join(written), size)
        except OSError:
            self._torn = True
            self._cut(size)
            raise
        for frame in written:
            self.index.add(len(frame), arrival_ms)

    def _cut(self, size: int) -> None:
        """Truncate what was half written, or not synced; the page at the end is written anew, and so synced anew."""
        if self._file is not None:
            os.ftruncate(self._file, size)
            page = size - size % _PAGE
            _write(self._file, os.pread(self._file, size - page, page), page)
        self._torn = False

    def begin_sync(self) -> SegmentSync | None:
        """A sync of all that has been written, for `end_sync`; None when that is synced, or another one runs."""
        if self._file is None or self.is_synced or self._syncing:
            return None
        self._syncing = SegmentSync(self._file, self.index.size, self.index.count)
        return self._syncing

    def end_sync(self, sync: SegmentSync) -> bool:
        """Take a sync's outcome; after a failed one all that was not synced is given up (False)."""
        self._syncing = None
        if self._file is None:
            os.close(sync.file)
        if sync.error is None:
            self._now_synced(sync.size, sync.count)
            return True
        log.error("%s: cannot be synced: %s", self.path, sync.error)
        self.lose()
        return False

    def sync(self) -> None:
        """Sync all that has been written, in this thread; a failure is told once, so one that runs is waited for.

        Raises:
            OSError: the disk fails; what was not synced is for `lose`.
        """
        if self._file is not None:
            if self._syncing is not None:
                self._syncing.ended.wait()
                if self._syncing.error is not None:
                    raise self._syncing.error
            sync_data(self._file)
            self._now_synced(self.index.size, self.index.count)

    def _now_synced(self, size: int, count: int) -> None:
        self.synced, self.synced_count = max(self.synced, size), max(self.synced_count, count)

    def lose(self) -> None:
        """Give up what was not synced: after a failed sync nobody knows what of it is on the disk."""
        self.index.cut(self.synced_count, self.synced)
        self._torn = True

    def seal(self) -> None:
        """Add nothing any more, and write its index beside it; without that it is scanned once."""
        self.close()
        try:
            replace(self._index_path, self.index.dump())
        except OSError as error:
            log.warning("%s: its index could not be written: %s", self.path, error)

    def close(self) -> None:
        if self._file is not None:
            if self._syncing is None:
                os.close(self._file)
            self._file = None

    def delete(self) -> None:
        """Remove it and its index from the disk."""
        self.close()
        self.path.unlink(missing_ok=True)
        self._index_path.unlink(missing_ok=True)


def _write(file: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, at)
        view, at = view[done:], at + done
