"""Records that a consumer instance has fetched from Kafka and not handed out yet."""

import time
from collections import deque
from collections.abc import Container
from typing import cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message

from services.gateway.kafka.consumers.bodies import PartitionId

FETCH_RECORDS = 500


class FetchBuffer:
    """Filled from a Kafka consumer when it is empty; belongs to one thread at a time."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._records: deque[Message] = deque()

    def take(self, deadline: float) -> Message | None:
        """The next record, or None when none came until the deadline (of `time.monotonic`).

        Raises:
            KafkaException: the consumer cannot go on.
        """
        while not self._records:
            first = self._consumer.poll(max(0.0, deadline - time.monotonic()))
            if first is None:
                return None
            fetched = [first, *self._consumer.consume(FETCH_RECORDS, 0.0)]
            self._records += [message for message in fetched if _is_record(message)]
        return self._records.popleft()

    def put_back(self, record: Message) -> None:
        """The record is the next one again."""
        self._records.appendleft(record)

    def drop(self, partitions: Container[PartitionId]) -> None:
        """Forget the records of these partitions."""
        self._records = deque(r for r in self._records if partition_of(r) not in partitions)

    def clear(self) -> None:
        self._records.clear()


def partition_of(message: Message) -> PartitionId:
    """Topic and partition of a message."""
    return str(message.topic()), cast(int, message.partition())


def _is_record(message: Message) -> bool:
    """Tell records from Kafka's notices; a topic that does not exist yet is no failure to a reader.

    Raises:
        KafkaException: the consumer cannot go on.
    """
    error = message.error()
    if error is None:
        return True
    transient = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._PARTITION_EOF}
    if error.code() in transient or error.retriable():
        return False
    raise KafkaException(error)
