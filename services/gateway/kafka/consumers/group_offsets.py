"""What a consumer instance has handed out, and what of it its group has committed.

Only what was handed out is ever committed. With auto commit that happens as in Kafka's own consumer: at a read, for
the reads before it, every five seconds; and when partitions are given up: by a rebalance, another
subscription, the end of the instance. A gateway that is killed may hand records out again, and never leaves one out.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import cast

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from services.gateway.kafka.consumers.bodies import PartitionId
from services.gateway.kafka.consumers.fetch_buffer import partition_of

log = logging.getLogger(__name__)

AUTO_COMMIT_SECONDS = 5.0
"""`auto.commit.interval.ms` of Kafka."""
ANSWER_SECONDS = 5.0


class GroupOffsets:
    """Of one instance; belongs to one thread at a time."""

    def __init__(self, consumer: Consumer, *, auto_commit: bool) -> None:
        self._consumer = consumer
        self._auto_commit = auto_commit
        self._positions: dict[PartitionId, int] = {}
        self._committed: dict[PartitionId, int] = {}
        self._auto_committed_at = time.monotonic()

    def handed_out(self, messages: Iterable[Message]) -> None:
        """The position of a partition is after its last record that was handed out."""
        for message in messages:
            self._positions[partition_of(message)] = cast(int, message.offset()) + 1

    def move(self, offsets: dict[PartitionId, int]) -> None:
        """These are the positions from now on."""
        self._positions |= offsets

    def commit(self, offsets: Sequence[TopicPartition] = ()) -> None:
        """Commit these offsets, or all positions.

        Raises:
            KafkaException: they are not committed.
        """
        wanted = list(offsets) or _listed(self._positions)
        if wanted:
            self._commit_now(wanted)
            self._committed |= {(each.topic, each.partition): each.offset for each in wanted}

    def auto_commit_if_due(self) -> None:
        """Commit what earlier reads have handed out, in the background, if the interval is over."""
        now = time.monotonic()
        wanted = self._uncommitted(self._positions)
        if wanted and now - self._auto_committed_at >= AUTO_COMMIT_SECONDS:
            self._auto_committed_at = now
            self._consumer.commit(offsets=_listed(wanted), asynchronous=True)

    def give_up(self, partitions: Iterable[PartitionId] | None = None) -> None:
        """Commit the positions of these partitions, or of all, and forget them; a failure is logged.

        The group then hands the records out again.
        """
        given_up = set(self._positions if partitions is None else partitions)
        wanted = self._uncommitted({p: at for p, at in self._positions.items() if p in given_up})
        try:
            if wanted:
                self._commit_now(_listed(wanted))
        except KafkaException as error:
            log.warning("consumers: %s not committed: %s", _text(wanted), error.args[0].str())
        self.forget(given_up)

    def forget(self, partitions: Iterable[PartitionId]) -> None:
        """Another instance reads these partitions now."""
        for each in partitions:
            self._positions.pop(each, None)
            self._committed.pop(each, None)

    def committed(self, partitions: Iterable[PartitionId]) -> list[TopicPartition]:
        """What the group has committed; partitions without a commit are left out."""
        wanted = [TopicPartition(*each) for each in partitions]
        found = self._consumer.committed(wanted, timeout=ANSWER_SECONDS) if wanted else []
        return [each for each in found if each.offset >= 0]

    def _commit_now(self, offsets: list[TopicPartition]) -> None:
        for each in self._consumer.commit(offsets=offsets, asynchronous=False) or ():
            if each.error:
                raise KafkaException(each.error)

    def _uncommitted(self, positions: dict[PartitionId, int]) -> dict[PartitionId, int]:
        if not self._auto_commit:
            return {}
        return {p: at for p, at in positions.items() if self._committed.get(p) != at}


def _listed(offsets: dict[PartitionId, int]) -> list[TopicPartition]:
    return [TopicPartition(*partition, at) for partition, at in offsets.items()]


def _text(offsets: dict[PartitionId, int]) -> str:
    return ", ".join(f"{topic}-{number} {at}" for (topic, number), at in offsets.items())
