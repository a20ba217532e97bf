"""Records that a consumer instance has fetched from Kafka and not handed out yet."""

import time
from collections import deque
from collections.abc import Container, Iterator
from typing import cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message

from services.gateway.kafka.consumers.bodies import PartitionId

FETCH_RECORDS = 500
MOST_RECORDS = 20_000


class FetchBuffer:
    """Filled from a Kafka consumer; belongs to one thread at a time.

    Attributes:
        size: Bytes of the keys and values in it.
    """

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._records: deque[Message] = deque()
        self.size = 0

    def __len__(self) -> int:
        return len(self._records)

    def fill(self, size: int, deadline: float) -> None:
        """Fetch until a record and so many bytes are there, or until the deadline (of `time.monotonic`).

        What is there already is taken without waiting.

        Raises:
            KafkaException: the consumer cannot go on.
        """
        while not self._records or (self.size < size and len(self) < MOST_RECORDS):
            wait = 0.0 if self.size >= size else max(0.0, deadline - time.monotonic())
            first = self._consumer.poll(wait)
            if first is None:
                return
            self._append([first])
            self._append(self._consumer.consume(FETCH_RECORDS, 0.0))

    def __iter__(self) -> Iterator[Message]:
        """The records in the order in which they are to be handed out."""
        return iter(self._records)

    def remove(self, count: int) -> None:
        """The first `count` records are handed out."""
        for _ in range(count):
            self.size -= size_of(self._records.popleft())

    def drop(self, partitions: Container[PartitionId]) -> None:
        """Forget the records of these partitions."""
        self._records = deque(r for r in self._records if partition_of(r) not in partitions)
        self.size = sum(map(size_of, self._records))

    def clear(self) -> None:
        self._records.clear()
        self.size = 0

    def _append(self, messages: list[Message]) -> None:
        """Before the next fetch: a rebalance within that one drops what it takes away."""
        records = [message for message in messages if message.error() is None]
        self._records += records
        self.size += sum(map(size_of, records))
        for message in messages:
            _check(message.error())


def partition_of(message: Message) -> PartitionId:
    """Topic and partition of a message."""
    return str(message.topic()), cast(int, message.partition())


def size_of(message: Message) -> int:
    """Bytes of key and value; a record can have neither."""
    return len(message.key() or b"") + len(message.value() or b"")


_PASSING = {
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._PARTITION_EOF,
    KafkaError._MAX_POLL_EXCEEDED,
}


def _check(error: KafkaError | None) -> None:
    """Let Kafka's notices pass; a topic that does not exist yet is no failure to a reader.

    Raises:
        KafkaException: the consumer cannot go on.
    """
    if error is not None and error.code() not in _PASSING and not error.retriable():
        raise KafkaException(error)
