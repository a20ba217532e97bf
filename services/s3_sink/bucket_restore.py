"""A user's bucket that was lost, whole or in part, is filled again from Kafka: same keys, same bytes."""

import logging
from collections.abc import Iterator

from services.s3_sink.flush import ObjectFile, Partition
from services.s3_sink.manifest import Manifest
from services.s3_sink.prometheus import SinkMetrics
from services.s3_sink.ranges import RangeReader
from services.s3_sink.s3_bucket import BucketLost, S3Buckets
from services.tables import bucket

log = logging.getLogger(__name__)

CHECKED_AT_ONCE = 96


class BucketRestore:
    """Compares the buckets with the manifests and puts back what is missing."""

    def __init__(
        self, manifest: Manifest, buckets: S3Buckets, ranges: RangeReader, metrics: SinkMetrics
    ) -> None:
        self._manifest = manifest
        self._buckets = buckets
        self._ranges = ranges
        self._metrics = metrics
        self._unrestorable: set[str] = set()
        self._checked = 0

    def begin(self, user_id: str) -> None:
        """Read a user's manifest and make the bucket whole, unless that was done before."""
        if self._manifest.load(user_id):
            self._restore(user_id)

    def has_newest_objects(self) -> bool:
        """A quick check: whether the newest objects of the partitions, of some at a time, are in their buckets."""
        newest = (
            str(partition.key(self._manifest.objects(partition)[-1][0]))
            for partition in self._some_partitions()
        )
        return all(self._buckets.exists(key) for key in newest if key not in self._unrestorable)

    def restore(self) -> None:
        """Put back every object that the manifests name and the buckets lack."""
        for user_id in self._manifest.users():
            self._restore(user_id)

    def _some_partitions(self) -> Iterator[Partition]:
        """The next ones, so that a check costs the same however many users there are."""
        partitions = self._manifest.partitions()
        for _ in range(min(len(partitions), CHECKED_AT_ONCE)):
            self._checked = (self._checked + 1) % len(partitions)
            yield partitions[self._checked]

    def _restore(self, user_id: str) -> None:
        name = bucket(user_id)
        while True:
            self._buckets.ensure_bucket(name)
            theirs = [p for p in self._manifest.partitions() if p.user_id == user_id]
            try:
                put = sum(self._fill(partition) for partition in theirs)
            except BucketLost:
                continue
            if put:
                self._metrics.refills.inc()
                log.warning("put %d lost objects back into %s", put, name)
            return

    def _fill(self, partition: Partition) -> int:
        existing = self._buckets.keys(partition)
        lost = [
            (first, end)
            for first, end in self._manifest.objects(partition)
            if (key := str(partition.key(first))) not in existing and key not in self._unrestorable
        ]
        return sum(self._put(partition, first, end) for first, end in lost)

    def _put(self, partition: Partition, first: int, end: int) -> int:
        file = ObjectFile(partition, first, self._ranges.lines(partition, first, end))
        if not file.lines:
            self._unrestorable.add(file.key)
            log.error("%s cannot be put back: Kafka no longer has offset %d", file.key, first)
            return 0
        return int(self._buckets.create(file.key, b"".join(file.lines)))
