"""One file of a shard's records (`<first counter>.records`); only the newest of a shard is written to."""

import contextlib
import logging
import os
from pathlib import Path

from services.files import replace
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.frames import CorruptFrameError, encode, frames
from services.kinesis.storage.index import Index

log = logging.getLogger(__name__)

SUFFIX = ".records"


class Segment:
    """Records of one shard from counter `base` on.

    The index of a sealed segment is read when it is first needed: a start does not pay for it.
    """

    def __init__(self, folder: Path, base: int) -> None:
        self.base = base
        self.path = folder / f"{base:020d}{SUFFIX}"
        self._index_path = self.path.with_suffix(".index")
        self._index: Index | None = None
        self._file: int | None = None
        self._torn = False

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

    def open_to_write(self) -> None:
        """Make it the shard's newest: check every record and truncate a torn end.

        Raises:
            DamagedFileError: a record was damaged.
        """
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        self._index = self._scan()
        torn = self.path.stat().st_size - self._index.size
        if torn:
            os.ftruncate(self._file, self._index.size)
            log.warning(
                "%s: cut off %s bytes of a record that was never acknowledged", self.path, torn
            )

    def append(self, records: list[tuple[bytes, bytes]], arrival_ms: int) -> None:
        """Write records (key, data): all, or none.

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
        """Truncate what was half written."""
        if self._file is not None:
            os.ftruncate(self._file, size)
        self._torn = False

    def seal(self) -> None:
        """Add nothing any more, and write its index beside it; without that it is scanned once."""
        self.close()
        try:
            replace(self._index_path, self.index.dump())
        except OSError as error:
            log.warning("%s: its index could not be written: %s", self.path, error)

    def close(self) -> None:
        if self._file is not None:
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
