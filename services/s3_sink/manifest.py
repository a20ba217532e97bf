"""The manifest topic: where each object begins, and how many records it has.

Compacted, one partition, key `<topic>+<partition>+<first offset>`, value `{"records":n}`. It lives
in Kafka because Kafka is what survives the bucket.
"""

from collections.abc import Iterator
from typing import Protocol

import msgspec
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from services.s3_sink.flush import Partition
from services.s3_sink.retry_forever import RetryForever
from services.settings import Settings

TIMEOUT = 10.0
_KEY_PARTS = 3


class _Entry(msgspec.Struct):
    records: int


_decoder = msgspec.json.Decoder(_Entry)


def manifest_topic(user_id: str) -> str:
    """Name of the manifest topic."""
    return f"{user_id}.s3-objects"


class ManifestLog(Protocol):
    """Where entries are kept."""

    def load(self) -> list[tuple[str, bytes]]:
        """All entries, in the order in which they were written."""

    def append(self, key: str, value: bytes) -> None:
        """Add an entry; returns when it is safe."""


class Manifest:
    """The cuts that were decided, in memory; a later entry for the same offset corrects the earlier."""

    def __init__(self, log: ManifestLog) -> None:
        self._log = log
        self._cuts: dict[Partition, dict[int, int]] = {}
        for key, value in log.load():
            partition, first = _parse(key)
            self._cuts.setdefault(partition, {})[first] = _decoder.decode(value).records

    def records(self, partition: Partition, first: int) -> int | None:
        """Records of the object that begins at an offset; None when no cut was decided there."""
        return self._cuts.get(partition, {}).get(first)

    def decide(self, partition: Partition, first: int, records: int) -> None:
        """Write a cut down; a cut that is known already costs nothing."""
        if self.records(partition, first) == records:
            return
        key = f"{partition.topic}+{partition.number}+{first}"
        self._log.append(key, msgspec.json.encode(_Entry(records)))
        self._cuts.setdefault(partition, {})[first] = records

    def partitions(self) -> list[Partition]:
        """Partitions that have objects."""
        return sorted(self._cuts)

    def cuts(self, partition: Partition) -> list[tuple[int, int]]:
        """First offset and end (at most) of each object, in order.

        An object ends where the next one begins, even if its entry says otherwise: a second sink
        may have overwritten the count with its own before it found the object standing.
        """
        cuts = sorted(self._cuts.get(partition, {}).items())
        ends = [first for first, _ in cuts[1:]] + [first + n for first, n in cuts[-1:]]
        return [(first, end) for (first, _), end in zip(cuts, ends, strict=True)]


def _parse(key: str) -> tuple[Partition, int]:
    topic, number, first = key.rsplit("+", _KEY_PARTS - 1)
    return Partition(topic, int(number)), int(first)


class ManifestTopic:
    """The manifest's topic in Kafka."""

    def __init__(self, settings: Settings, patience: RetryForever) -> None:
        self._topic = manifest_topic(settings.user_id)
        self._bootstrap: dict[str, str | int | float | bool] = {
            "bootstrap.servers": settings.kafka_bootstrap,
            "log_level": 2,
        }
        self._patience = patience
        self._producer = Producer(
            {**self._bootstrap, "acks": "all", "enable.idempotence": True, "linger.ms": 0}
        )

    def load(self) -> list[tuple[str, bytes]]:
        """See `Log`; makes the topic when it is missing."""
        self._patience.insist(f"make the topic {self._topic}", self._create, (KafkaException,))
        return self._patience.insist("read the manifest", self._read, (KafkaException,))

    def append(self, key: str, value: bytes) -> None:
        """See `Log`."""
        self._patience.insist(
            "write the manifest", lambda: self._produce(key, value), (KafkaException, BufferError)
        )

    def _create(self) -> None:
        admin = AdminClient(self._bootstrap)
        new = NewTopic(self._topic, 1, -1, config={"cleanup.policy": "compact"})
        try:
            admin.create_topics([new], request_timeout=TIMEOUT)[self._topic].result(TIMEOUT)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise

    def _read(self) -> list[tuple[str, bytes]]:
        consumer = Consumer(
            {
                **self._bootstrap,
                "group.id": f"{self._topic}-reader",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
            }
        )
        try:
            consumer.assign([TopicPartition(self._topic, 0, OFFSET_BEGINNING)])
            return list(_until_the_end(consumer))
        finally:
            consumer.close()

    def _produce(self, key: str, value: bytes) -> None:
        failed: list[KafkaError] = []

        def settled(error: KafkaError | None, _: Message) -> None:
            if error:
                failed.append(error)

        self._producer.produce(self._topic, value, key, 0, on_delivery=settled)
        while self._producer.flush(1):
            pass  # librdkafka gives up by itself after message.timeout.ms
        if failed:
            raise KafkaException(failed[0])


def _until_the_end(consumer: Consumer) -> Iterator[tuple[str, bytes]]:
    while True:
        message = consumer.poll(TIMEOUT)
        if message is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
        error = message.error()
        if error and error.code() == KafkaError._PARTITION_EOF:
            return
        if error:
            raise KafkaException(error)
        key, value = message.key(), message.value()
        if key is not None and value is not None:
            yield bytes(key).decode(), bytes(value)
