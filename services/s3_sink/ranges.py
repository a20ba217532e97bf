"""Reads a range of offsets again, to put a lost object back."""

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from services.s3_sink.flush import Partition
from services.s3_sink.object_line import to_line
from services.s3_sink.retry_forever import RetryForever
from services.s3_sink.topic_reader import TIMEOUT, consumer, watermarks
from services.settings import Settings


class RangeReader:
    """Reads in a consumer of its own, so that the sink's position stays."""

    def __init__(self, settings: Settings, retry: RetryForever) -> None:
        self._settings = settings
        self._retry = retry

    def lines(self, partition: Partition, first: int, end: int) -> list[bytes]:
        """Lines of the records from `first` that follow each other without a gap, up to `end`.

        Empty when Kafka does not hold `first` any more.
        """
        return self._retry.call(
            f"read {partition} from {first} again",
            lambda: self._read(partition, first, end),
            (KafkaException,),
        )

    def _read(self, partition: Partition, first: int, end: int) -> list[bytes]:
        client = consumer(self._settings)
        try:
            low, high = watermarks(client, partition)
            if not low <= first < high:
                return []
            client.assign([TopicPartition(*partition, first)])
            return list(_consecutive(client, first, end))
        finally:
            client.close()


def _consecutive(client: Consumer, first: int, end: int) -> Iterator[bytes]:
    for expected in range(first, end):
        message = client.poll(TIMEOUT)
        if message is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
        error = message.error()
        if error and error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
        if error or message.offset() != expected:
            return
        yield to_line(message.value())
