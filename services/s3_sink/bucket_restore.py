"""A bucket that was lost, whole or in part, is filled again from Kafka: same keys, same bytes."""

import logging

from services.s3_sink.flush import ObjectFile, Partition
from services.s3_sink.manifest import Manifest
from services.s3_sink.prometheus import SinkMetrics
from services.s3_sink.ranges import RangeReader
from services.s3_sink.s3_bucket import BucketLost, S3Bucket

log = logging.getLogger(__name__)


class BucketRestore:
    """Compares the bucket with the manifest and puts back what is missing."""

    def __init__(
        self, manifest: Manifest, store: S3Bucket, ranges: RangeReader, metrics: SinkMetrics
    ) -> None:
        self._manifest = manifest
        self._store = store
        self._ranges = ranges
        self._metrics = metrics
        self._gone: set[str] = set()

    def whole(self) -> bool:
        """A quick look: is the newest object of each partition there?"""
        newest = (
            str(partition.key(self._manifest.cuts(partition)[-1][0]))
            for partition in self._manifest.partitions()
        )
        return all(self._store.exists(key) for key in newest if key not in self._gone)

    def heal(self) -> None:
        """Put back every object that the manifest names and the bucket lacks."""
        while True:
            self._store.ensure_bucket()
            try:
                put = sum(self._fill(partition) for partition in self._manifest.partitions())
            except BucketLost:
                continue
            if put:
                self._metrics.refills.inc()
                log.warning("put %d lost objects back into %s", put, self._store.bucket)
            return

    def _fill(self, partition: Partition) -> int:
        standing = self._store.keys(partition)
        lost = [
            (first, end)
            for first, end in self._manifest.cuts(partition)
            if (key := str(partition.key(first))) not in standing and key not in self._gone
        ]
        return sum(self._put(partition, first, end) for first, end in lost)

    def _put(self, partition: Partition, first: int, end: int) -> int:
        cut = ObjectFile(partition, first, self._ranges.lines(partition, first, end))
        if not cut.lines:
            self._gone.add(cut.key)
            log.error("%s cannot be put back: Kafka no longer has offset %d", cut.key, first)
            return 0
        return int(self._store.create(cut.key, b"".join(cut.lines)))
