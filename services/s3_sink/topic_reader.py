"""What the sink reads from Kafka: partitions, records, watermarks; the offsets that it commits.

`assign()`, never `subscribe()`: after a crash the next run starts at once instead of waiting for
the dead member's session to time out (45 s).
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from services.s3_sink.flush import Partition
from services.s3_sink.group_offsets import GroupOffsets
from services.s3_sink.retry_forever import RetryForever
from services.s3_sink.sunk_topics import SunkTopics, consumer_group
from services.settings import Settings

log = logging.getLogger(__name__)

Value = TypeVar("Value")

TIMEOUT = 5.0
BATCH = 2_000
PREFETCHED_KIBIBYTES = 32 * 1024


def consumer(settings: Settings, **overrides: object) -> Consumer:
    """A consumer of the sink's group that commits nothing by itself."""
    return Consumer(
        {
            "bootstrap.servers": settings.kafka_bootstrap,
            "group.id": consumer_group(settings.user_id),
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "fetch.error.backoff.ms": 100,
            "fetch.wait.max.ms": 100,
            "queued.max.messages.kbytes": PREFETCHED_KIBIBYTES,
            "reconnect.backoff.max.ms": 1000,
            "log_level": 2,
            **overrides,
        }
    )


def existing_partitions(client: Consumer, sunk: SunkTopics) -> list[Partition]:
    """All partitions of the sunk topics that exist now.

    Raises:
        KafkaException: Kafka does not answer.
    """
    metadata = client.list_topics(timeout=TIMEOUT).topics
    return [
        Partition(topic, number)
        for topic in sorted(metadata)
        if topic in sunk
        for number in sorted(metadata[topic].partitions)
    ]


def watermarks(client: Consumer, partition: Partition) -> tuple[int, int]:
    """Low and high watermark: first offset of a partition and the one after its last.

    Raises:
        KafkaException: Kafka does not answer.
    """
    low, high = client.get_watermark_offsets(TopicPartition(*partition), timeout=TIMEOUT)
    return low, high


class TopicReader:
    """Reads the partitions that are assigned; every call waits until Kafka answers.

    Raises:
        Stopped: Kafka is unavailable and the sink is to stop.
    """

    def __init__(self, settings: Settings, retry: RetryForever) -> None:
        self._sunk = SunkTopics(settings)
        self._retry = retry
        self._consumer = consumer(settings)
        self._offsets = GroupOffsets(settings.kafka_bootstrap)
        self._assigned: set[Partition] = set()

    def assign_new_partitions(self) -> dict[Partition, int]:
        """Begin to read partitions that have appeared; returns the offset at which each begins."""
        existing = self._until_answered(
            "list the topics", lambda: existing_partitions(self._consumer, self._sunk)
        )
        new = [partition for partition in existing if partition not in self._assigned]
        if not new:
            return {}
        done = self._until_answered("read committed offsets", lambda: self._offsets.committed(new))
        starts = {partition: self._start(partition, done.get(partition)) for partition in new}
        self._consumer.incremental_assign([TopicPartition(*p, o) for p, o in starts.items()])
        self._assigned.update(new)
        return starts

    def _start(self, partition: Partition, done: int | None) -> int:
        low, high = self._until_answered(
            f"look at {partition}", lambda: watermarks(self._consumer, partition)
        )
        if done is None:
            return low
        if done > high:
            log.error(
                "%s ends at offset %d, but %d were sunk: was the topic deleted and made anew? "
                "Nothing of it is written until it is longer; `make clean` starts afresh.",
                partition, high, done,
            )  # fmt: skip
        if done < low:
            log.error("%s: Kafka has dropped offsets %d to %d unread", partition, done, low - 1)
        return max(done, low)

    def read(self, seconds: float) -> list[Message]:
        """Records and ends of partitions (error code _PARTITION_EOF), whichever come first."""
        messages: list[Message] = self._consumer.consume(BATCH, seconds)
        return [message for message in messages if self._usable(message)]

    def _usable(self, message: Message) -> bool:
        error = message.error()
        if error is None or error.code() == KafkaError._PARTITION_EOF:
            return True
        log.warning("Kafka: %s", error.str())
        topic, number = message.topic(), message.partition()
        if topic is not None and number is not None and number >= 0:
            self._unassign(Partition(topic, number))
        return False

    def _unassign(self, partition: Partition) -> None:
        """It is assigned again, from its committed offset, as soon as Kafka lists it."""
        if partition in self._assigned:
            self._assigned.discard(partition)
            self._consumer.incremental_unassign([TopicPartition(*partition)])

    def commit(self, partition: Partition, offset: int) -> None:
        """Everything below the offset is in objects."""
        self._until_answered(f"commit {partition}", lambda: self._offsets.commit(partition, offset))

    def high_watermark(self, partition: Partition) -> int:
        """Offset after the partition's last record, as of the last fetch."""
        _, high = self._consumer.get_watermark_offsets(TopicPartition(*partition), cached=True)
        return high

    def _until_answered(self, what: str, action: Callable[[], Value]) -> Value:
        return self._retry.call(what, action, (KafkaException,))

    def close(self) -> None:
        self._consumer.close()
