"""Committed offsets of the sink's consumer groups: one group a user, one client for all of them."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from services.s3_sink.flush import Partition
from services.s3_sink.sunk_topics import consumer_group

TIMEOUT = 5.0


class GroupOffsets:
    """Belongs to one thread; groups without members, since the sink assigns its partitions itself.

    Raises:
        KafkaException: Kafka does not answer, or refuses.
    """

    def __init__(self, bootstrap: str) -> None:
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})

    def committed(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Committed offset of each partition that has one."""
        found: dict[Partition, int] = {}
        for user_id, theirs in groupby(sorted(partitions), lambda partition: partition.user_id):
            found |= self._of_group(consumer_group(user_id), list(theirs))
        return found

    def commit(self, partition: Partition, offset: int) -> None:
        """Everything below the offset is in objects; returns when Kafka has the commit."""
        asked = ConsumerGroupTopicPartitions(
            consumer_group(partition.user_id), [TopicPartition(*partition, offset)]
        )
        _answer(self._admin.alter_consumer_group_offsets([asked], request_timeout=TIMEOUT))

    def _of_group(self, group: str, partitions: list[Partition]) -> dict[Partition, int]:
        asked = ConsumerGroupTopicPartitions(group, [TopicPartition(*p) for p in partitions])
        answers = _answer(self._admin.list_consumer_group_offsets([asked], request_timeout=TIMEOUT))
        return {Partition(a.topic, a.partition): a.offset for a in answers if a.offset >= 0}


def _answer(futures: dict[str, Any]) -> list[TopicPartition]:
    """What the one group that was asked about has answered."""
    (future,) = futures.values()
    answers: list[TopicPartition] = future.result().topic_partitions
    for answer in answers:
        if answer.error:
            raise KafkaException(answer.error)
    return answers
