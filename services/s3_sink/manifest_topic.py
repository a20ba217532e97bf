"""The manifests' topics in Kafka: created when one is missing, read from its beginning, appended to."""

from collections.abc import Iterator

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

from services.s3_sink.retry_forever import RetryForever
from services.s3_sink.sunk_topics import manifest_topic
from services.settings import Settings

TIMEOUT = 5.0
POLL_SECONDS = 1.0


class ManifestTopics:
    """A `ManifestLog`; every call waits until Kafka answers.

    Raises:
        Stopped: Kafka is unavailable and the sink is to stop.
    """

    def __init__(self, settings: Settings, retry: RetryForever) -> None:
        self._bootstrap: dict[str, str | int | float | bool] = {
            "bootstrap.servers": settings.kafka_bootstrap,
            "log_level": 2,
        }
        self._retry = retry
        self._producer = self._new_producer()

    def load(self, user_id: str) -> list[tuple[str, bytes]]:
        """All entries, in the order in which they were written; makes the topic when it is missing."""
        topic = manifest_topic(user_id)
        self._retry.call(f"make the topic {topic}", lambda: self._create(topic), (KafkaException,))
        return self._retry.call(f"read {topic}", lambda: self._read(topic), (KafkaException,))

    def append(self, user_id: str, key: str, value: bytes) -> None:
        """Add an entry; returns when all in-sync replicas have it."""
        topic = manifest_topic(user_id)
        self._retry.call(
            f"write {topic}",
            lambda: self._produce(topic, key, value),
            (KafkaException, BufferError),
        )

    def _new_producer(self) -> Producer:
        return Producer(
            {
                **self._bootstrap,
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 0,
                "message.timeout.ms": int(TIMEOUT * 1000),
            }
        )

    def _create(self, topic: str) -> None:
        admin = AdminClient(self._bootstrap)
        new = NewTopic(topic, 1, -1, config={"cleanup.policy": "compact"})
        try:
            admin.create_topics([new], request_timeout=TIMEOUT)[
                topic
            ].result()  # KafkaException after TIMEOUT
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise

    def _read(self, topic: str) -> list[tuple[str, bytes]]:
        consumer = Consumer(
            {
                **self._bootstrap,
                "group.id": f"{topic}-reader",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
            }
        )
        try:
            consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
            return list(_until_the_end(consumer))
        finally:
            consumer.close()

    def _produce(self, topic: str, key: str, value: bytes) -> None:
        try:
            self._produce_once(topic, key, value)
        except KafkaException as error:
            if error.args[0].fatal() or error.args[0].code() == KafkaError._FATAL:
                self._producer = self._new_producer()  # a refused one stays refused
            raise

    def _produce_once(self, topic: str, key: str, value: bytes) -> None:
        failed: list[KafkaError] = []

        def settled(error: KafkaError | None, _: Message) -> None:
            if error:
                failed.append(error)

        self._producer.produce(topic, value, key, 0, on_delivery=settled)
        while len(self._producer):
            self._producer.poll(POLL_SECONDS)  # librdkafka gives up by itself after TIMEOUT
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
