"""Kafka's log, read with kafka-python: not the client that wrote it."""

from dataclasses import dataclass, field

import numpy as np
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.ledger.errors import LedgerError
from services.ledger.hop_comparison import Hop
from services.ledger.offsets import EMPTY, Offsets, Pairs
from services.records.ind import ind_of
from services.settings import Settings

POLL_MS = 1_000
SILENT_POLLS = 15


@dataclass(frozen=True)
class TopicContents:
    """What the log holds of one topic.

    Attributes:
        pairs: Partition → (offsets, the rows' ind).
        begin: Partition → first offset that retention has left.
        end: Partition → the offset after the last.
    """

    pairs: Pairs = field(default_factory=dict)
    begin: dict[int, int] = field(default_factory=dict)
    end: dict[int, int] = field(default_factory=dict)

    def hop(self) -> Hop:
        return Hop("log", {p: offsets for p, (offsets, _) in self.pairs.items()}, self.end)

    def inds(self) -> Offsets:
        """The rows' ind, of all partitions."""
        return np.concatenate([EMPTY, *(inds for _, inds in self.pairs.values())])


def read_log(settings: Settings, topic: str) -> TopicContents:
    """Every record of a topic, from the log's beginning to its end as it is now.

    A topic that does not exist is an empty one.

    Raises:
        LedgerError: Kafka does not answer.
    """
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap,
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            max_poll_records=5_000,
            fetch_max_wait_ms=50,
        )
        try:
            return _read(consumer, topic)
        finally:
            consumer.close()
    except KafkaError as error:
        raise LedgerError(
            f"Kafka at {settings.kafka_bootstrap} does not answer ({error}). Is the stack up? `make status`"
        ) from error


def _read(consumer: KafkaConsumer, topic: str) -> TopicContents:
    if topic not in consumer.topics():
        return TopicContents()
    partitions = [
        TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    begin, end = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    rows: dict[int, list[tuple[int, int]]] = {tp.partition: [] for tp in partitions}
    silent = 0
    while any(consumer.position(tp) < end[tp] for tp in partitions):
        batches = consumer.poll(POLL_MS)
        silent = 0 if batches else silent + 1
        if silent > SILENT_POLLS:
            raise LedgerError(
                f"Kafka has stopped to deliver {topic}. See `make logs SERVICE=kafka`."
            )
        for tp, records in batches.items():
            rows[tp.partition] += [
                (r.offset, ind_of(r.value)) for r in records if r.offset < end[tp]
            ]
    arrays = {p: np.asarray(found, dtype=np.int64).reshape(-1, 2) for p, found in rows.items()}
    return TopicContents(
        {p: (array[:, 0], array[:, 1]) for p, array in arrays.items()},
        {tp.partition: offset for tp, offset in begin.items()},
        {tp.partition: offset for tp, offset in end.items()},
    )
