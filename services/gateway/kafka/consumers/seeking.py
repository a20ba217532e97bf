"""Seeking: to offsets, to times, to the ends of partitions; all methods of librdkafka that block."""

import time
from collections.abc import Iterable
from typing import Literal

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from services.gateway.kafka.consumers.bodies import PartitionId

BROKER_SECONDS = 5.0
"""For Kafka's answer to a seek, and to requests for offsets."""
SEEK_RETRY_SECONDS = 0.02


def seek(consumer: Consumer, offsets: dict[PartitionId, int]) -> None:
    """Read on from other offsets.

    librdkafka refuses a seek on a partition that it has not begun to fetch; that takes a
    moment after an assignment, so the call is repeated until its deadline.

    Raises:
        KafkaException: Kafka refuses, or does not answer.
    """
    deadline = time.monotonic() + BROKER_SECONDS
    for partition, offset in offsets.items():
        while not _is_sought(consumer, TopicPartition(*partition, offset), deadline):
            time.sleep(SEEK_RETRY_SECONDS)


def _is_sought(consumer: Consumer, target: TopicPartition, deadline: float) -> bool:
    try:
        consumer.seek(target)
    except KafkaException as error:
        starting = error.args[0].code() in {KafkaError._STATE, KafkaError._TIMED_OUT}
        if not starting or time.monotonic() > deadline:
            raise
        return False
    return True


def offsets_at(consumer: Consumer, times: dict[PartitionId, int]) -> dict[PartitionId, int]:
    """The first offset not older than a time in milliseconds; without one, the partition's end.

    Raises:
        KafkaException: Kafka does not answer.
    """
    wanted = [TopicPartition(*each, at) for each, at in times.items()]
    found = consumer.offsets_for_times(wanted, timeout=BROKER_SECONDS)
    offsets = {(each.topic, each.partition): each.offset for each in found}
    late = [partition for partition, offset in offsets.items() if offset < 0]
    return offsets | edges(consumer, late, "end")


def edges(
    consumer: Consumer, partitions: Iterable[PartitionId], end: Literal["beginning", "end"]
) -> dict[PartitionId, int]:
    """The offset of the first or of the next record, as of now: what comes later is read.

    Raises:
        KafkaException: Kafka does not answer.
    """
    place = 0 if end == "beginning" else 1
    return {
        each: consumer.get_watermark_offsets(TopicPartition(*each), timeout=BROKER_SECONDS)[place]
        for each in partitions
    }
