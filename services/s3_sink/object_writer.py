"""One cut → one object: decided, created, committed, in this order.

| crash after | the next run finds | and |
|---|---|---|
| nothing | no entry, no object | cuts anew |
| the entry | an entry beyond the committed offset | makes exactly that cut |
| the object | both | finds the object standing and adopts it |
| the commit | nothing to do | goes on |
"""

import logging
from typing import Protocol

from services.s3_sink.flush import ObjectFile, Partition
from services.s3_sink.manifest import Manifest
from services.s3_sink.s3_bucket import BucketLost

log = logging.getLogger(__name__)


class ConflictingObject(Exception):
    """An object stands where a cut should go, and holds other records than the log."""


class Objects(Protocol):
    """What the writer needs of the bucket."""

    def create(self, key: str, body: bytes) -> bool:
        """Create an object; False when one stands there already."""

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None when it is not there."""


class Commits(Protocol):
    """What the writer needs of the consumer group."""

    def commit(self, partition: Partition, offset: int) -> None:
        """Everything below the offset is in objects; returns when Kafka knows."""


class Restoring(Protocol):
    """Gives a lost bucket back."""

    def heal(self) -> None:
        """Make the bucket and fill it."""


class ObjectWriter:
    """Writes cuts, each exactly once."""

    def __init__(
        self, manifest: Manifest, objects: Objects, commits: Commits, healing: Restoring
    ) -> None:
        self._manifest = manifest
        self._objects = objects
        self._commits = commits
        self._healing = healing

    def write(self, cut: ObjectFile) -> int:
        """Make the cut an object, unless one stands there already: then that one is the truth.

        Returns:
            Where the object ends: the partition's new position.

        Raises:
            ForeignObject: what stands there is not from this log.
        """
        self._manifest.decide(cut.partition, cut.first, len(cut.lines))
        end = self._create(cut)
        self._commits.commit(cut.partition, end)
        return end

    def _create(self, cut: ObjectFile) -> int:
        body = b"".join(cut.lines)
        while True:
            try:
                if self._objects.create(cut.key, body):
                    return cut.end
                if (standing := self._objects.read(cut.key)) is not None:
                    return self._adopt(cut, body, standing)
            except BucketLost:
                self._healing.heal()

    def _adopt(self, cut: ObjectFile, body: bytes, standing: bytes) -> int:
        if standing == body:
            return cut.end
        if not (_begins_with(standing, body) or _begins_with(body, standing)):
            raise ConflictingObject(
                f"{cut.key} holds other records than {cut.partition} at offset {cut.first}: was the "
                "topic deleted and made anew? Move the object away, or start afresh with `make clean`."
            )
        records = standing.count(b"\n")
        log.warning(
            "adopted %s: %d records stand there, %d were cut", cut.key, records, len(cut.lines)
        )
        self._manifest.decide(cut.partition, cut.first, records)
        return cut.first + records


def _begins_with(longer: bytes, shorter: bytes) -> bool:
    """Whether one is the other's first lines."""
    return shorter.endswith(b"\n") and longer.startswith(shorter)
