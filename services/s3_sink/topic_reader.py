"""Kafka's side of the sink: partitions, records, committed offsets.

`assign()`, never `subscribe()`: after a crash the next run starts at once instead of waiting for
the dead member's session to time out (45 s).
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from services.s3_sink.flush import Partition
from services.s3_sink.retry_forever import RetryForever
from services.settings import Settings
from services.tables import TABLES

log = logging.getLogger(__name__)

Value = TypeVar("Value")

TIMEOUT = 10.0
BATCH = 2_000


def sunk_topics(user_id: str) -> list[str]:
    """The topics that the sink writes to S3."""
    return [table.topic(user_id) for table in TABLES]


def consumer_group(user_id: str) -> str:
    """Consumer group that holds the sink's committed offsets."""
    return f"s3-sink-{user_id}"


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
            "queued.max.messages.kbytes": 32 * 1024,
            "reconnect.backoff.max.ms": 1000,
            "log_level": 2,
            **overrides,
        }
    )


def existing_partitions(client: Consumer, user_id: str) -> list[Partition]:
    """All partitions of the user's topics that exist now.

    Raises:
        KafkaException: Kafka does not answer.
    """
    known = client.list_topics(timeout=TIMEOUT).topics
    return [
        Partition(topic, number)
        for topic in sunk_topics(user_id)
        if topic in known
        for number in sorted(known[topic].partitions)
    ]


def committed_offsets(client: Consumer, partitions: list[Partition]) -> dict[Partition, int]:
    """Committed offset of each partition that has one.

    Raises:
        KafkaException: Kafka does not answer.
    """
    if not partitions:
        return {}
    answers = client.committed([TopicPartition(*p) for p in partitions], timeout=TIMEOUT)
    for answer in answers:
        if answer.error:
            raise KafkaException(answer.error)
    return {Partition(a.topic, a.partition): a.offset for a in answers if a.offset >= 0}


def watermarks(client: Consumer, partition: Partition) -> tuple[int, int]:
    """First offset of a partition and the one after its last.

    Raises:
        KafkaException: Kafka does not answer.
    """
    low, high = client.get_watermark_offsets(TopicPartition(*partition), timeout=TIMEOUT)
    return low, high


class TopicReader:
    """Reads the partitions that it was told to follow; every call waits until Kafka answers.

    Raises:
        Stopped: Kafka is away and the sink is to stop.
    """

    def __init__(self, settings: Settings, patience: RetryForever) -> None:
        self._user_id = settings.user_id
        self._patience = patience
        self._consumer = consumer(settings)
        self._followed: set[Partition] = set()

    def follow_new(self) -> dict[Partition, int]:
        """Begin to read partitions that have appeared; tells the offset at which each begins."""
        there = self._insist(
            "list the topics", lambda: existing_partitions(self._consumer, self._user_id)
        )
        new = [partition for partition in there if partition not in self._followed]
        if not new:
            return {}
        done = self._insist(
            "read committed offsets", lambda: committed_offsets(self._consumer, new)
        )
        starts = {partition: self._start(partition, done.get(partition)) for partition in new}
        self._consumer.incremental_assign([TopicPartition(*p, o) for p, o in starts.items()])
        self._followed.update(new)
        return starts

    def _start(self, partition: Partition, done: int | None) -> int:
        low, high = self._insist(
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
            self._forget(Partition(topic, number))
        return False

    def _forget(self, partition: Partition) -> None:
        """Take the partition up again from its committed offset, as soon as Kafka shows it."""
        if partition in self._followed:
            self._followed.discard(partition)
            self._consumer.incremental_unassign([TopicPartition(*partition)])

    def commit(self, partition: Partition, offset: int) -> None:
        """Everything below the offset is in objects."""
        offsets = [TopicPartition(*partition, offset)]
        self._insist(
            f"commit {partition}",
            lambda: self._consumer.commit(offsets=offsets, asynchronous=False),
        )

    def end(self, partition: Partition) -> int:
        """Offset after the partition's last record, as far as is known without asking."""
        _, high = self._consumer.get_watermark_offsets(TopicPartition(*partition), cached=True)
        return high

    def _insist(self, what: str, action: Callable[[], Value]) -> Value:
        return self._patience.insist(what, action, (KafkaException,))

    def close(self) -> None:
        """Leave Kafka."""
        self._consumer.close()
