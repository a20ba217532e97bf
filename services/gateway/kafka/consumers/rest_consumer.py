"""One consumer instance of the REST proxy: a Kafka consumer that keeps its positions between requests.

All methods block and belong to one thread at a time; `registry` sees to that.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from confluent_kafka import Consumer, Message, TopicPartition

from services.gateway.kafka.consumers.bodies import PartitionId
from services.gateway.kafka.consumers.fetch_buffer import MOST_RECORDS, FetchBuffer, size_of
from services.gateway.kafka.consumers.group_offsets import GroupOffsets
from services.gateway.kafka.consumers.instance_config import InstanceConfig
from services.gateway.kafka.consumers.record_bodies import encode_record
from services.gateway.kafka.consumers.seeking import edges, offsets_at, seek
from services.gateway.refused_request import RefusalError

MOST_PATTERN = 1024


class ReadWait(NamedTuple):
    """A part of a read's time.

    Attributes:
        seconds: Its length.
        is_last: Whether what is there by then is the answer.
        is_wanted: Whether the client is still there.
    """

    seconds: float
    is_last: bool
    is_wanted: Callable[[], bool]


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
        self._offsets = GroupOffsets(self._kafka, auto_commit=config.auto_commit)

    def subscribe(self, topics: Sequence[str], pattern: str | None) -> None:
        """Subscribe to topics, or to all that match a pattern; replaces an earlier subscription."""
        if self._assigned:
            raise illegal_state("the consumer has assigned partitions; it cannot subscribe too")
        subscription = _valid_topics(topics) or [f"^({_valid_pattern(pattern or '')})$"]
        self._give_up()
        self._topics, self._pattern = list(topics), None if topics else pattern
        self._kafka.subscribe(subscription, on_revoke=self._revoked, on_lost=self._lost)

    def unsubscribe(self) -> None:
        """Drop the subscription and the assignment."""
        self._give_up()
        self._kafka.unsubscribe()
        self._kafka.unassign()
        self._topics, self._pattern, self._assigned = [], None, []

    def subscription(self) -> list[str]:
        """Subscribed topics, those found by a pattern included."""
        if self._pattern is None:
            return self._topics
        return sorted({each.topic for each in self._kafka.assignment()})

    def assign(self, partitions: Iterable[PartitionId]) -> None:
        """Read these partitions, without a group's help; replaces those assigned before."""
        if self._topics or self._pattern is not None:
            raise illegal_state("the consumer has a subscription; it cannot be assigned too")
        self._give_up()
        self._assigned = list(partitions)
        self._kafka.assign([TopicPartition(*each) for each in self._assigned])

    def assignment(self) -> list[PartitionId]:
        """Partitions that the consumer reads, by assignment or by its group."""
        return sorted((each.topic, each.partition) for each in self._kafka.assignment())

    def seek(self, offsets: dict[PartitionId, int]) -> None:
        """Read on from other offsets."""
        self._check_assigned(offsets)
        seek(self._kafka, offsets)
        self._fetched.drop(offsets)
        self._offsets.move(offsets)

    def seek_times(self, times: dict[PartitionId, int]) -> None:
        """Read on from the first record not older than a time in milliseconds."""
        self._check_assigned(times)
        self.seek(offsets_at(self._kafka, times))

    def seek_to(self, partitions: Sequence[PartitionId], end: Literal["beginning", "end"]) -> None:
        """Read on from the first or the next record."""
        self._check_assigned(partitions)
        self.seek(edges(self._kafka, partitions, end))

    def begin_read(self) -> None:
        """A client that reads again has got what was handed out before."""
        self._offsets.auto_commit_if_due()

    def read(self, wait: ReadWait, max_bytes: int) -> list[bytes]:
        """Records as JSON, in each partition's order; none when there is not enough yet, or nobody wants them.

        At most `max_bytes` of keys and values, but at least one record: the original would block the
        partition of a longer one for ever. A record that cannot be written ends the answer before it, and is
        refused when it is the first.

        Raises:
            RefusalError: 408, the next record is no JSON.
        """
        least = max(0, min(self.config.min_bytes, max_bytes))
        self._fetched.fill(least, time.monotonic() + wait.seconds)
        if not wait.is_last and self._fetched.size < least and len(self._fetched) < MOST_RECORDS:
            return []
        self._fetched.fill(max_bytes, 0.0)
        taken, written = self._written(max_bytes)
        if not wait.is_wanted():
            return []
        self._fetched.remove(len(taken))
        self._offsets.handed_out(taken)
        return written

    def _written(self, max_bytes: int) -> tuple[list[Message], list[bytes]]:
        taken: list[Message] = []
        written: list[bytes] = []
        size = 0
        for message in self._fetched:
            size += size_of(message)
            if taken and (size > max_bytes or len(taken) == MOST_RECORDS):
                break
            try:
                written.append(encode_record(message, self.config.format))
            except RefusalError:
                if taken:
                    break
                raise
            taken.append(message)
        return taken, written

    def commit(self, offsets: Sequence[TopicPartition] = ()) -> None:
        """Commit these offsets, or the one after every record that was handed out."""
        self._offsets.commit(offsets)

    def committed(self, partitions: Iterable[PartitionId]) -> list[TopicPartition]:
        """What the group has committed; partitions without a commit are left out."""
        return self._offsets.committed(partitions)

    def close(self) -> None:
        """Commit what was handed out, if it is auto commit's, and leave the group."""
        self._give_up()
        self._kafka.close()

    def _check_assigned(self, partitions: Iterable[PartitionId]) -> None:
        assigned = self.assignment()
        for topic, number in partitions:
            if (topic, number) not in assigned:
                raise illegal_state(f"no current assignment for partition {topic}-{number}")

    def _give_up(self) -> None:
        self._offsets.give_up()
        self._fetched.clear()

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        given_up = [(each.topic, each.partition) for each in partitions]
        self._offsets.give_up(given_up)
        self._fetched.drop(given_up)

    def _lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        lost = [(each.topic, each.partition) for each in partitions]
        self._offsets.forget(lost)
        self._fetched.drop(lost)


def _valid_topics(topics: Sequence[str]) -> list[str]:
    for topic in topics:
        if not re.fullmatch(r"[a-zA-Z0-9._-]{1,249}", topic):
            raise RefusalError(422, f"{topic[:80]!r} is no name of a topic")
    return list(topics)


def _valid_pattern(pattern: str) -> str:
    try:
        if len(pattern) > MOST_PATTERN:
            raise RefusalError(422, f"topic_pattern is longer than {MOST_PATTERN} characters")
        re.compile(pattern)
    except re.error as error:
        raise RefusalError(
            422, f"topic_pattern {pattern!r} is no regular expression: {error}"
        ) from error
    return pattern
