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
        self, manifest: Manifest, bucket: S3Bucket, ranges: RangeReader, metrics: SinkMetrics
    ) -> None:
        self._manifest = manifest
        self._bucket = bucket
        self._ranges = ranges
        self._metrics = metrics
        self._unrestorable: set[str] = set()

    def has_newest_objects(self) -> bool:
        """A quick check: whether the newest object of each partition is in the bucket."""
        newest = (
            str(partition.key(self._manifest.objects(partition)[-1][0]))
            for partition in self._manifest.partitions()
        )
        return all(self._bucket.exists(key) for key in newest if key not in self._unrestorable)

    def restore(self) -> None:
        """Put back every object that the manifest names and the bucket lacks."""
        while True:
            self._bucket.ensure_bucket()
            try:
                put = sum(self._fill(partition) for partition in self._manifest.partitions())
            except BucketLost:
                continue
            if put:
                self._metrics.refills.inc()
                log.warning("put %d lost objects back into %s", put, self._bucket.name)
            return

    def _fill(self, partition: Partition) -> int:
        existing = self._bucket.keys(partition)
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
        return int(self._bucket.create(file.key, b"".join(file.lines)))
