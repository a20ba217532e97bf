"""confluent-kafka's producer with nothing around it: the limit of everything that writes to Kafka."""

import time
from collections.abc import Iterable

from confluent_kafka import KafkaError, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

_SAFE = {
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 5,
    "queue.buffering.max.messages": 200_000,
}


def create_topic(bootstrap: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, 1)])[topic].result()


def produce(bootstrap: str, topic: str, values: Iterable[bytes]) -> float:
    """Produce all values, wait until the broker has acked them, and return the records per second.

    Raises:
        RuntimeError: a record was not acked.
    """
    producer = Producer({"bootstrap.servers": bootstrap, **_SAFE})
    failures: list[str] = []

    def acked(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failures.append(str(error))

    started, count = time.perf_counter(), 0
    for value in values:
        while True:
            try:
                producer.produce(topic, value, on_delivery=acked)
                break
            except BufferError:
                producer.poll(0.05)
        count += 1
        if count % 1000 == 0:
            producer.poll(0)
    producer.flush()
    if failures:
        raise RuntimeError(f"{len(failures)} of {count} records were not acked: {failures[0]}")
    return count / (time.perf_counter() - started)
