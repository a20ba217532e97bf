"""One file → one object: written into the manifest, created, committed, in this order.

| crash after | the next run finds | and |
|---|---|---|
| nothing | no entry, no object | flushes a file of its own |
| the entry | an entry beyond the committed offset | flushes exactly that file |
| the object | both | finds the object and adopts it |
| a part of the object, by a loss of power | both | writes the object again |
| the commit | nothing to do | goes on |
"""

import logging
from typing import Protocol

from services.s3_sink.flush import ObjectFile, Partition
from services.s3_sink.manifest import Manifest
from services.s3_sink.s3_bucket import BucketLost

log = logging.getLogger(__name__)


class ConflictingObject(Exception):
    """An object exists under a file's key, and holds other records than the log."""


class Objects(Protocol):
    """What the writer needs of the bucket."""

    def create(self, key: str, body: bytes) -> bool:
        """Create an object; False when one exists already."""
        ...

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None when it does not exist."""
        ...

    def replace(self, key: str, body: bytes) -> None:
        """Write an object over the one that exists."""
        ...


class Commits(Protocol):
    """What the writer needs of the consumer group."""

    def commit(self, partition: Partition, offset: int) -> None:
        """Everything below the offset is in objects; returns when Kafka has the commit."""
        ...


class Restoring(Protocol):
    """What the writer needs when the bucket is lost."""

    def restore(self) -> None:
        """Make the bucket and fill it."""
        ...


class ObjectWriter:
    """Writes files, each exactly once."""

    def __init__(
        self, manifest: Manifest, objects: Objects, commits: Commits, restoring: Restoring
    ) -> None:
        self._manifest = manifest
        self._objects = objects
        self._commits = commits
        self._restoring = restoring

    def write(self, file: ObjectFile) -> int:
        """Make the file an object, unless one exists already: then that one is adopted.

        Returns:
            Offset after the object's last record: the partition's new position.

        Raises:
            ConflictingObject: the existing object is not from this log.
        """
        self._manifest.add(file.partition, file.first, len(file.lines))
        end = self._create(file)
        self._commits.commit(file.partition, end)
        return end

    def _create(self, file: ObjectFile) -> int:
        body = b"".join(file.lines)
        while True:
            try:
                if self._objects.create(file.key, body):
                    return file.end
                if (existing := self._objects.read(file.key)) is not None:
                    return self._adopt(file, body, existing)
            except BucketLost:
                self._restoring.restore()

    def _adopt(self, file: ObjectFile, body: bytes, existing: bytes) -> int:
        if existing == body:
            return file.end
        if _is_torn(existing, body):
            log.warning("%s was torn, and no one told of it: it is written again", file.key)
            self._objects.replace(file.key, body)
            return file.end
        if not (_begins_with(existing, body) or _begins_with(body, existing)):
            raise ConflictingObject(
                f"{file.key} holds other records than {file.partition} at offset {file.first}: was the "
                "topic deleted and made anew? Move the object away, or start afresh with `make clean`."
            )
        records = existing.count(b"\n")
        log.warning(
            "adopted %s: %d records stand there, %d were cut", file.key, records, len(file.lines)
        )
        self._manifest.add(file.partition, file.first, records)
        return file.first + records


def _begins_with(longer: bytes, shorter: bytes) -> bool:
    """Whether one is the other's first lines."""
    return shorter.endswith(b"\n") and longer.startswith(shorter)


def _is_torn(existing: bytes, body: bytes) -> bool:
    """Whether a loss of power left the object's beginning alone, with or without zeros to its full length."""
    written = existing.rstrip(b"\0")
    is_whole = written == existing and existing.endswith(b"\n")
    return len(existing) <= len(body) and body.startswith(written) and not is_whole
