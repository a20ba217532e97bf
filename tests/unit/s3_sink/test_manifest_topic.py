"""The manifest's topic, behind a broker that refuses what it is told to refuse."""

import threading

from confluent_kafka import KafkaError
from confluent_kafka.admin import AdminClient

from services.s3_sink.manifest_topic import ManifestTopics
from services.s3_sink.retry_forever import RetryForever
from services.s3_sink.sunk_topics import manifest_topic
from services.settings import Settings
from tests.support.mock_kafka import PRODUCE, mock_kafka


def test_a_producer_that_is_refused_for_good_does_not_stop_the_sink() -> None:
    """The entry is written by a new one."""
    with mock_kafka() as kafka:
        settings = Settings(kafka_bootstrap=kafka.bootstrap)
        kafka.create_topic(manifest_topic(settings.user_id))
        assert AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(timeout=10).topics
        topic = ManifestTopics(settings, RetryForever(threading.Event()))
        topic.append(settings.user_id, "t+0+0", b"1")
        kafka.refuse_next(PRODUCE, KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER)
        topic.append(settings.user_id, "t+0+1", b"2")
        topic.append(settings.user_id, "t+0+2", b"3")
        assert [key for key, _ in topic._read(manifest_topic(settings.user_id))] == [
            "t+0+0",
            "t+0+1",
            "t+0+2",
        ]
