"""One consumer instance of the REST proxy: a Kafka consumer that keeps its positions between requests.

All methods block and belong to one thread at a time; `registry` sees to that.
"""

import re
import time
from collections.abc import Iterable, Sequence
from typing import Literal, cast

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from services.gateway.kafka.consumers.bodies import PartitionId
from services.gateway.kafka.consumers.fetch_buffer import FetchBuffer, partition_of
from services.gateway.kafka.consumers.instance_config import InstanceConfig
from services.gateway.refused_request import RefusalError

BROKER_SECONDS = 5.0
"""For Kafka's answer to a seek, and to requests for offsets."""
SEEK_RETRY_SECONDS = 0.02
MOST_RECORDS = 100_000


def illegal_state(why: str) -> RefusalError:
    """A call that does not fit the consumer's subscription or assignment."""
    return RefusalError(409, f"Illegal state: {why}", code=40903)


class RestConsumer:
    """A Kafka consumer with the REST proxy's rules."""

    def __init__(self, config: InstanceConfig) -> None:
        self.config = config
        self._kafka = Consumer(config.kafka)
        self._topics: list[str] = []
        self._pattern: str | None = None
        self._assigned: list[PartitionId] = []
        self._fetched = FetchBuffer(self._kafka)
        self._positions: dict[PartitionId, int] = {}

    def subscribe(self, topics: Sequence[str], pattern: str | None) -> None:
        """Subscribe to topics, or to all that match a pattern; replaces an earlier subscription."""
        if self._assigned:
            raise illegal_state("the consumer has assigned partitions; it cannot subscribe too")
        self._reset()
        self._topics, self._pattern = list(topics), None if topics else pattern
        subscription = self._topics or [f"^({_valid_pattern(pattern or '')})$"]
        self._kafka.subscribe(subscription)

    def unsubscribe(self) -> None:
        """Drop the subscription and the assignment."""
        self._kafka.unsubscribe()
        self._kafka.unassign()
        self._topics, self._pattern, self._assigned = [], None, []
        self._reset()

    def subscription(self) -> list[str]:
        """Subscribed topics, those found by a pattern included."""
        if self._pattern is None:
            return self._topics
        return sorted({each.topic for each in self._kafka.assignment()})

    def assign(self, partitions: Iterable[PartitionId]) -> None:
        """Read these partitions, without a group's help; replaces those assigned before."""
        if self._topics or self._pattern is not None:
            raise illegal_state("the consumer has a subscription; it cannot be assigned too")
        self._reset()
        self._assigned = list(partitions)
        self._kafka.assign([TopicPartition(*each) for each in self._assigned])

    def assignment(self) -> list[PartitionId]:
        """Partitions that the consumer reads, by assignment or by its group."""
        return sorted((each.topic, each.partition) for each in self._kafka.assignment())

    def seek(self, offsets: dict[PartitionId, int]) -> None:
        """Read on from other offsets.

        librdkafka refuses a seek on a partition that it has not begun to fetch; that takes a
        moment after an assignment, so the call is repeated until its deadline.
        """
        assigned = self.assignment()
        for each in offsets:
            if each not in assigned:
                raise illegal_state(f"no current assignment for partition {each[0]}-{each[1]}")
        for each, offset in offsets.items():
            self._seek(TopicPartition(*each, offset))
        self._fetched.drop(offsets)
        for each in offsets:
            self._positions.pop(each, None)

    def _seek(self, target: TopicPartition) -> None:
        deadline = time.monotonic() + BROKER_SECONDS
        while True:
            try:
                self._kafka.seek(target)
            except KafkaException as error:
                starting = error.args[0].code() in {KafkaError._STATE, KafkaError._TIMED_OUT}
                if not starting or time.monotonic() > deadline:
                    raise
                time.sleep(SEEK_RETRY_SECONDS)
            else:
                return

    def seek_times(self, times: dict[PartitionId, int]) -> None:
        """Read on from the first record not older than a time in milliseconds."""
        wanted = [TopicPartition(*each, at) for each, at in times.items()]
        found = self._kafka.offsets_for_times(wanted, timeout=BROKER_SECONDS)
        self.seek({(each.topic, each.partition): each.offset for each in found})

    def seek_to(self, partitions: Iterable[PartitionId], end: Literal["beginning", "end"]) -> None:
        """Read on from the first or the next record."""
        offset = OFFSET_BEGINNING if end == "beginning" else OFFSET_END
        self.seek(dict.fromkeys(partitions, offset))

    def read(self, seconds: float, max_bytes: int) -> list[Message]:
        """Records, in each partition's order, at most `max_bytes` of them but at least one.

        Departs from the original on purpose: without `fetch.min.bytes` the answer comes as soon
        as there are records, and a record longer than max_bytes is handed out instead of
        blocking its partition for ever.
        """
        taken: list[Message] = []
        size = 0
        deadline = time.monotonic() + seconds
        while size < max(1, self.config.min_bytes):
            message = self._fetched.take(deadline)
            if message is None:
                break
            size += _size(message)
            taken.append(message)
        while len(taken) < MOST_RECORDS and (message := self._fetched.take(0.0)) is not None:
            size += _size(message)
            if size > max_bytes:
                self._fetched.put_back(message)
                break
            taken.append(message)
        self._positions |= {partition_of(each): cast(int, each.offset()) + 1 for each in taken}
        return taken

    def commit(self, offsets: list[TopicPartition] | None = None) -> None:
        """Commit these offsets, or the one after every record that was handed out."""
        wanted = offsets or [TopicPartition(*each, at) for each, at in self._positions.items()]
        if wanted:
            self._kafka.commit(offsets=wanted, asynchronous=False)

    def committed(self, partitions: Iterable[PartitionId]) -> list[TopicPartition]:
        """What the group has committed; partitions without a commit are left out."""
        wanted = [TopicPartition(*each) for each in partitions]
        found = self._kafka.committed(wanted, timeout=BROKER_SECONDS) if wanted else []
        return [each for each in found if each.offset >= 0]

    def close(self) -> None:
        """Leave the group."""
        self._kafka.close()

    def _reset(self) -> None:
        self._fetched.clear()
        self._positions.clear()


def _size(message: Message) -> int:
    return len(message.key() or b"") + len(message.value() or b"")


def _valid_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise RefusalError(
            422, f"topic_pattern {pattern!r} is no regular expression: {error}"
        ) from error
    return pattern
