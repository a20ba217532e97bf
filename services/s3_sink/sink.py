"""The sink's loop: read, buffer, flush; at intervals look for new partitions and a lost bucket."""

import logging
import threading
import time
from dataclasses import dataclass

from confluent_kafka import Message

from services.http_guard import allowed
from services.s3_sink.bucket_restore import BucketRestore
from services.s3_sink.flush import FlushPolicy, Partition, PartitionBuffer
from services.s3_sink.manifest import Manifest
from services.s3_sink.manifest_topic import ManifestTopics
from services.s3_sink.object_line import to_line
from services.s3_sink.object_writer import ConflictingObject, ObjectWriter
from services.s3_sink.prometheus import SinkMetrics
from services.s3_sink.ranges import RangeReader
from services.s3_sink.retry_forever import RetryForever, Stopped
from services.s3_sink.s3_bucket import S3Buckets
from services.s3_sink.topic_reader import TopicReader
from services.settings import Settings

log = logging.getLogger(__name__)

READ_SECONDS = 0.2
BUFFERED_BYTES = 64 * 1024 * 1024
"""Of all open files together, however many topics there are."""


@dataclass
class Interval:
    """Seconds of a monotonic clock; due at once, then every `seconds`."""

    seconds: float
    last: float = 0.0

    def due(self, now: float) -> bool:
        """Whether the interval is over; if so, the next one begins."""
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


class Sink:
    """One sink; belongs to one thread. Nothing is asked of Kafka or S3 before `run`."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        retry = RetryForever(stop)
        self._stop = stop
        self._user_id = settings.user_id
        self._policy = FlushPolicy.of(settings)
        self._metrics = SinkMetrics(
            allowed(hosts=settings.allowed_hosts, origins=settings.allowed_origins)
        )
        self._reader = TopicReader(settings, retry)
        self._manifest = Manifest(ManifestTopics(settings, retry))
        buckets = S3Buckets(settings, retry)
        ranges = RangeReader(settings, retry)
        self._restore = BucketRestore(self._manifest, buckets, ranges, self._metrics)
        self._writer = ObjectWriter(self._manifest, buckets, self._reader, self._restore)
        self._buffers: dict[Partition, PartitionBuffer] = {}
        self._ends: dict[Partition, int] = {}
        self._halted: set[Partition] = set()
        self._discover, self._quick_check, self._full_check = Interval(1), Interval(3), Interval(60)

    def run(self, host: str, port: int) -> None:
        """Work until the stop event is set; the open files are left to the next run.

        `host`:`port` answers when the manifests are read, the buckets are whole and all partitions are
        assigned: the sink is ready.

        Raises:
            OSError: the metrics cannot be served, see `services.listening`.
        """
        try:
            self._restore.begin(self._user_id)
            self._maintain(time.monotonic())
            self._metrics.serve(host, port)
            log.info("ready: following %d partitions", len(self._buffers))
            while not self._stop.is_set():
                self._poll()
        except Stopped as stopped:
            log.info("stopped while waiting to %s", stopped)
        finally:
            self._reader.close()

    def _poll(self) -> None:
        messages = self._reader.read(READ_SECONDS)
        now = time.monotonic()
        for message in messages:
            self._append(message, now)
        self._bound_memory()
        for partition, buffer in self._buffers.items():
            if buffer.should_rotate(now):
                self._write(buffer)
            self._commit_markers(partition, buffer)
        self._maintain(now)

    def _bound_memory(self) -> None:
        """Write the largest open files while all together are too large."""
        for buffer in sorted(self._buffers.values(), key=lambda buffer: -buffer.size):
            if sum(one.size for one in self._buffers.values()) <= BUFFERED_BYTES:
                return
            if buffer.planned is None and len(buffer):
                self._write(buffer)

    def _maintain(self, now: float) -> None:
        """Look for new partitions and for lost objects, each in its interval."""
        if self._discover.due(now):
            self._assign_new_partitions()
        if self._full_check.due(now) or (
            self._quick_check.due(now) and not self._restore.has_newest_objects()
        ):
            self._restore.restore()

    def _assign_new_partitions(self) -> None:
        for partition, first in self._reader.assign_new_partitions().items():
            self._restore.begin(partition.user_id)
            log.info("following %s from offset %d", partition, first)
            self._halted.discard(partition)
            buffer = self._buffers[partition] = PartitionBuffer(partition, first, self._policy)
            self._set_planned(buffer)
        for partition, buffer in self._buffers.items():
            lag = max(self._reader.high_watermark(partition) - buffer.first, 0)
            self._metrics.lag.labels(partition.topic, str(partition.number)).set(lag)

    def _append(self, message: Message, now: float) -> None:
        partition = Partition(message.topic() or "", message.partition() or 0)
        buffer, offset = self._buffers[partition], message.offset() or 0
        if message.error():
            self._ends[partition] = offset
            _warn_of_lost_tail(buffer, offset)
            return
        if offset < buffer.next or partition in self._halted:
            return
        if buffer.is_gap(offset):
            self._write(buffer)
        if not len(buffer):
            buffer.next = offset
            self._set_planned(buffer)
        buffer.append(offset, to_line(message.value()), now)
        if buffer.should_flush():
            self._write(buffer)

    def _write(self, buffer: PartitionBuffer) -> None:
        file = buffer.file()
        try:
            end = self._writer.write(file)
        except ConflictingObject as error:
            log.error("%s is given up until a restart: %s", file.partition, error)  # noqa: TRY400 -- a sentence for people
            self._halted.add(file.partition)
            self._metrics.halted.inc()
            end = buffer.next
        else:
            self._metrics.count(file)
        buffer.advance(end)
        self._set_planned(buffer)

    def _set_planned(self, buffer: PartitionBuffer) -> None:
        """A file that an earlier run wrote into the manifest gets the same records."""
        buffer.planned = self._manifest.record_count(buffer.partition, buffer.first)

    def _commit_markers(self, partition: Partition, buffer: PartitionBuffer) -> None:
        """Commit offsets without a record at the log's end (transaction markers), too."""
        end = self._ends.get(partition, 0)
        if end > buffer.next and not len(buffer) and partition not in self._halted:
            self._reader.commit(partition, end)
            buffer.next = end


def _warn_of_lost_tail(buffer: PartitionBuffer, end: int) -> None:
    """Warn when the log ends within a file that the manifest names: it had those records once."""
    if buffer.planned is not None and end < buffer.first + buffer.planned:
        log.warning(
            "%s ends at offset %d, within the object of %d records at %d: did Kafka lose its tail?",
            buffer.partition,
            end,
            buffer.planned,
            buffer.first,
        )
