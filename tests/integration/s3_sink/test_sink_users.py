"""One sink for every user id: each one's topics go into a bucket, a manifest and a consumer group of their own."""

import secrets
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, TopicPartition

from services.s3_sink.sunk_topics import consumer_group, manifest_topic
from tests.integration.s3_sink.conftest import Rig as OfUser
from tests.support.polling import eventually

if TYPE_CHECKING:
    from conftest import Rig  # type: ignore[import-not-found]


def _rows(first: int, count: int) -> list[bytes | None]:
    return [b'{"index":%d}' % n for n in range(first, first + count)]


def _other(rig: "Rig", folder: Path) -> OfUser:
    """A user whom nobody has told the sink about."""
    user_id = secrets.token_hex(6)
    own = {"user_id": user_id, "sink_topics_regex": rf"{user_id}\..*"}
    return OfUser(rig.settings.model_copy(update=own), folder)


def _committed(of: OfUser) -> int:
    group = consumer_group(of.settings.user_id)
    client = Consumer({"bootstrap.servers": of.settings.kafka_bootstrap, "group.id": group})
    try:
        return int(client.committed([TopicPartition(of.topic, 0)], timeout=10)[0].offset)
    finally:
        client.close()


def test_topics_of_an_unknown_user_are_sunk_into_a_bucket_of_that_user(
    rig: "Rig", tmp_path: Path
) -> None:
    """Made while the sink runs and killed in between: each offset once, and nothing of it in our own bucket."""
    other = _other(rig, tmp_path)
    regex = {"SINK_TOPICS_REGEX": rf"({rig.settings.user_id}|{other.settings.user_id})\..*"}
    rig.make_topic()
    sink = rig.start(**regex)
    other.make_topic()
    for user in (rig, other):
        user.produce(_rows(0, 25))
    eventually("the first object", lambda: bool(other.objects()))
    sink.send_signal(signal.SIGKILL)
    sink.wait(30)
    other.produce(_rows(25, 30))
    rig.start(**regex)
    rig.wait()
    other.wait()
    assert other.lines() == {n: b'{"index":%d}' % n for n in range(55)}
    assert rig.lines() == {n: b'{"index":%d}' % n for n in range(25)}
    assert all(key.startswith(f"topics/{rig.topic}/") for key in rig.objects())
    assert _committed(other) == 55
    before = other.objects()
    other.lose_bucket()
    eventually("the same objects", lambda: other.objects() == before)


def test_a_manifest_is_not_sunk(rig: "Rig") -> None:
    """Though its topic carries the user id, and the pattern would take it."""
    rig.make_topic()
    rig.start(SINK_TOPICS_REGEX=rf"{rig.settings.user_id}.*")
    rig.produce(_rows(0, 5))
    rig.wait()
    assert not [key for key in rig.objects() if manifest_topic(rig.settings.user_id) in key]
