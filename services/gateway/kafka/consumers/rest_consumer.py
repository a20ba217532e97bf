"""One consumer instance of the REST proxy: a Kafka client that keeps its place between requests.

All methods block and belong to one thread at a time; `consumers` sees to that.
"""

import re
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

from services.gateway.media import Format
from services.gateway.refusals import RefusalError

COMMIT_SECONDS = 5.0
SEEK_RETRY_SECONDS = 0.02
FETCH = 500
MOST_RECORDS = 100_000
PartitionId = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True)
class InstanceConfig:
    """What a client asked for when it made the consumer."""

    group: str
    name: str
    format: Format
    request_seconds: float
    min_bytes: int
    kafka: dict[str, object]


def illegal_state(why: str) -> RefusalError:
    """A call that does not fit what the consumer was told before."""
    return RefusalError(409, f"Illegal state: {why}", code=40903)


class RestConsumer:
    """A Kafka consumer with the REST proxy's rules."""

    def __init__(self, instance: InstanceConfig) -> None:
        self.instance = instance
        self._kafka = Consumer(instance.kafka)
        self._topics: list[str] = []
        self._pattern: str | None = None
        self._assigned: list[PartitionId] = []
        self._waiting: deque[Message] = deque()
        self._next: dict[PartitionId, int] = {}

    def subscribe(self, topics: Sequence[str], pattern: str | None) -> None:
        """Follow topics, or all that match a pattern; replaces what was followed before."""
        if self._assigned:
            raise illegal_state("the consumer has assigned partitions; it cannot subscribe too")
        self._forget()
        self._topics, self._pattern = list(topics), None if topics else pattern
        wanted = self._topics or [f"^({_valid_pattern(pattern or '')})$"]
        self._kafka.subscribe(wanted)

    def unsubscribe(self) -> None:
        """Follow nothing and hold no partition."""
        self._kafka.unsubscribe()
        self._kafka.unassign()
        self._topics, self._pattern, self._assigned = [], None, []
        self._forget()

    def subscription(self) -> list[str]:
        """Topics that the consumer follows, those found by a pattern included."""
        if self._pattern is None:
            return self._topics
        return sorted({place.topic for place in self._kafka.assignment()})

    def assign(self, places: Iterable[PartitionId]) -> None:
        """Read these partitions, without a group's help; replaces those assigned before."""
        if self._topics or self._pattern is not None:
            raise illegal_state("the consumer has a subscription; it cannot be assigned too")
        self._forget()
        self._assigned = list(places)
        self._kafka.assign([TopicPartition(*place) for place in self._assigned])

    def assignment(self) -> list[PartitionId]:
        """Partitions that the consumer reads."""
        return sorted((place.topic, place.partition) for place in self._kafka.assignment())

    def seek(self, offsets: dict[PartitionId, int]) -> None:
        """Read on from other offsets.

        librdkafka refuses a seek on a partition that it has not begun to fetch; that takes a
        moment after an assignment, so the call is repeated until its deadline.
        """
        held = self.assignment()
        for place in offsets:
            if place not in held:
                raise illegal_state(f"no current assignment for partition {place[0]}-{place[1]}")
        for place, offset in offsets.items():
            self._seek(TopicPartition(*place, offset))
        self._waiting = deque(m for m in self._waiting if _place(m) not in offsets)
        for place in offsets:
            self._next.pop(place, None)

    def _seek(self, target: TopicPartition) -> None:
        deadline = time.monotonic() + COMMIT_SECONDS
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
        wanted = [TopicPartition(*place, at) for place, at in times.items()]
        found = self._kafka.offsets_for_times(wanted, timeout=COMMIT_SECONDS)
        self.seek({(each.topic, each.partition): each.offset for each in found})

    def seek_to(self, places: Iterable[PartitionId], end: Literal["beginning", "end"]) -> None:
        """Read on from the first or the next record."""
        offset = OFFSET_BEGINNING if end == "beginning" else OFFSET_END
        self.seek(dict.fromkeys(places, offset))

    def read(self, seconds: float, max_bytes: int) -> list[Message]:
        """Records, in each partition's order, at most `max_bytes` of them but at least one.

        Departs from the original on purpose: without `fetch.min.bytes` the answer comes as soon
        as there are records, and a record longer than max_bytes is handed out instead of
        blocking its partition for ever.
        """
        taken: list[Message] = []
        size = 0
        deadline = time.monotonic() + seconds
        while size < max(1, self.instance.min_bytes):
            message = self._take(deadline)
            if message is None:
                break
            size += _size(message)
            taken.append(message)
        while len(taken) < MOST_RECORDS and (message := self._take(0.0)) is not None:
            size += _size(message)
            if size > max_bytes:
                self._waiting.appendleft(message)
                break
            taken.append(message)
        self._next |= {_place(message): cast(int, message.offset()) + 1 for message in taken}
        return taken

    def commit(self, offsets: list[TopicPartition] | None = None) -> None:
        """Commit these places, or the place after every record that was handed out."""
        places = offsets or [TopicPartition(*place, at) for place, at in self._next.items()]
        if places:
            self._kafka.commit(offsets=places, asynchronous=False)

    def committed(self, places: Iterable[PartitionId]) -> list[TopicPartition]:
        """What the group has committed; partitions without a commit are left out."""
        wanted = [TopicPartition(*place) for place in places]
        found = self._kafka.committed(wanted, timeout=COMMIT_SECONDS) if wanted else []
        return [each for each in found if each.offset >= 0]

    def close(self) -> None:
        """Leave the group."""
        self._kafka.close()

    def _forget(self) -> None:
        self._waiting.clear()
        self._next.clear()

    def _take(self, deadline: float) -> Message | None:
        """The next record, or None when none came until the deadline."""
        while not self._waiting:
            first = self._kafka.poll(max(0.0, deadline - time.monotonic()))
            if first is None:
                return None
            fetched = [first, *self._kafka.consume(FETCH, 0.0)]
            self._waiting += [message for message in fetched if _is_record(message)]
        return self._waiting.popleft()


def _is_record(message: Message) -> bool:
    """Tell records from Kafka's notices; a topic that is not there yet is no failure to a reader.

    Raises:
        KafkaException: the consumer cannot go on.
    """
    error = message.error()
    if error is None:
        return True
    passing = {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._PARTITION_EOF}
    if error.code() in passing or error.retriable():
        return False
    raise KafkaException(error)


def _place(message: Message) -> PartitionId:
    return str(message.topic()), cast(int, message.partition())


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
