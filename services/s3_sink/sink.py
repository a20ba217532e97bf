"""The sink's loop: read, cut, write; now and then look for new partitions and a lost bucket."""

import logging
import threading
import time
from dataclasses import dataclass

from confluent_kafka import Message

from services.s3_sink.bucket_restore import BucketRestore
from services.s3_sink.flush import FlushPolicy, Partition, PartitionBuffer
from services.s3_sink.manifest import Manifest, ManifestTopic
from services.s3_sink.object_line import to_line
from services.s3_sink.object_writer import ConflictingObject, ObjectWriter
from services.s3_sink.prometheus import SinkMetrics
from services.s3_sink.ranges import RangeReader
from services.s3_sink.retry_forever import RetryForever, Stopped
from services.s3_sink.s3_bucket import S3Bucket
from services.s3_sink.topic_reader import TopicReader
from services.settings import Settings

log = logging.getLogger(__name__)

READ_SECONDS = 0.2


@dataclass
class Interval:
    """Something that is due each so many seconds."""

    seconds: float
    last: float = 0.0

    def due(self, now: float) -> bool:
        """Whether it is time; if so, the time is noted."""
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


class Sink:
    """One sink; belongs to one thread. Made by `start`, which waits for Kafka and S3."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        patience = RetryForever(stop)
        self._stop = stop
        self._policy = FlushPolicy.of(settings)
        self._metrics = SinkMetrics()
        self._log = TopicReader(settings, patience)
        self._manifest = Manifest(ManifestTopic(settings, patience))
        store = S3Bucket(settings, patience)
        ranges = RangeReader(settings, patience)
        self._healer = BucketRestore(self._manifest, store, ranges, self._metrics)
        self._writer = ObjectWriter(self._manifest, store, self._log, self._healer)
        self._buffers: dict[Partition, PartitionBuffer] = {}
        self._ends: dict[Partition, int] = {}
        self._halted: set[Partition] = set()
        self._discover, self._look, self._compare = Interval(1), Interval(3), Interval(60)

    def run(self, host: str, port: int) -> None:
        """Work until the stop event is set; the open files are left to the next run.

        Raises:
            OSError: the port of the metrics is taken.
        """
        try:
            self._healer.heal()
            self._tend(time.monotonic())
            self._metrics.serve(host, port)
            log.info("ready: following %d partitions", len(self._buffers))
            while not self._stop.is_set():
                self._turn()
        except Stopped as stopped:
            log.info("stopped while waiting to %s", stopped)
        finally:
            self._log.close()

    def _turn(self) -> None:
        messages = self._log.read(READ_SECONDS)
        now = time.monotonic()
        for message in messages:
            self._take(message, now)
        for partition, buffer in self._buffers.items():
            if buffer.due(now):
                self._write(buffer)
            self._skip_markers(partition, buffer)
        self._tend(now)

    def _tend(self, now: float) -> None:
        if self._discover.due(now):
            self._follow_new()
        if self._compare.due(now) or (self._look.due(now) and not self._healer.whole()):
            self._healer.heal()

    def _follow_new(self) -> None:
        for partition, first in self._log.follow_new().items():
            log.info("following %s from offset %d", partition, first)
            self._halted.discard(partition)
            self._buffers[partition] = self._planned(
                PartitionBuffer(partition, first, self._policy)
            )
        for partition, buffer in self._buffers.items():
            lag = max(self._log.end(partition) - buffer.first, 0)
            self._metrics.lag.labels(partition.topic, str(partition.number)).set(lag)

    def _take(self, message: Message, now: float) -> None:
        partition = Partition(message.topic() or "", message.partition() or 0)
        buffer, offset = self._buffers[partition], message.offset() or 0
        if message.error():
            self._ends[partition] = offset
            _doubt(buffer, offset)
            return
        if offset < buffer.next or partition in self._halted:
            return
        if buffer.breaks(offset):
            self._write(buffer)
        if not len(buffer):
            buffer.next = offset
            self._planned(buffer)
        buffer.append(offset, to_line(message.value()), now)
        if buffer.full():
            self._write(buffer)

    def _write(self, buffer: PartitionBuffer) -> None:
        cut = buffer.cut()
        try:
            end = self._writer.write(cut)
        except ConflictingObject as error:
            log.error("%s is given up until a restart: %s", cut.partition, error)  # noqa: TRY400 -- a sentence for people
            self._halted.add(cut.partition)
            self._metrics.halted.inc()
            end = buffer.next
        else:
            self._metrics.wrote(cut)
        buffer.advance(end)
        self._planned(buffer)

    def _planned(self, buffer: PartitionBuffer) -> PartitionBuffer:
        """A cut that an earlier run decided is made as it was decided."""
        buffer.planned = self._manifest.records(buffer.partition, buffer.first)
        return buffer

    def _skip_markers(self, partition: Partition, buffer: PartitionBuffer) -> None:
        """The log ends in offsets without a record (transaction markers): they count as sunk."""
        end = self._ends.get(partition, 0)
        if end > buffer.next and not len(buffer) and partition not in self._halted:
            self._log.commit(partition, end)
            buffer.next = end


def _doubt(buffer: PartitionBuffer, end: int) -> None:
    """Say so when the log ends within a cut that was decided: it had those records once."""
    if buffer.planned is not None and end < buffer.first + buffer.planned:
        log.warning(
            "%s ends at offset %d, within the object of %d records at %d: did Kafka lose its tail?",
            buffer.partition,
            end,
            buffer.planned,
            buffer.first,
        )
