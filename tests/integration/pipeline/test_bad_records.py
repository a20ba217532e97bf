"""Records that no gateway let through, put straight into Kafka: each ends in quarantine, its neighbours land."""

import os
import secrets
import subprocess
import sys

import msgspec
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from deltalake import DeltaTable

from services.free_ports import free_port
from services.ledger.batch_layer import batch_layer
from services.s3_sink.wait import wait
from services.settings import PROJECT_ROOT, Settings
from services.tables import GEO, PIN, TABLES, USER
from spark_jobs.batch.run import run

BAD: dict[str, tuple[bytes | None, str]] = {
    "truncated JSON": (b'{"index": 1, "title": "cu', "not valid JSON"),
    "not JSON": (b"<html>", "not valid JSON"),
    "invalid UTF-8": (b'{"index": 1, "title": "\xff\xfe"}', "not valid JSON"),
    "NaN": (b'{"index": 1, "downloaded": NaN}', "not valid JSON"),
    "nothing": (b"", "not valid JSON"),
    "nested too deep": (b"[" * 5000 + b"]" * 5000, "not valid JSON"),
    "null": (b"null", "not a JSON object"),
    "tombstone": (None, "not a JSON object"),
    "scalar": (b"53.5", "not a JSON object"),
    "text": (b'"a pin"', "not a JSON object"),
    "list": (b'[{"index": 1}]', "not a JSON object"),
    "empty record": (b"{}", "empty record"),
    "no ind": (b'{"title": "whose?"}', "missing ind"),
    "ind null": (b'{"index": null}', "missing ind"),
    "ind of 30 digits": (
        b'{"index": 123456789012345678901234567890}',
        "ind is not a usable integer",
    ),
    "ind negative": (b'{"index": -1}', "ind is not a usable integer"),
    "ind a text": (b'{"index": "seven"}', "ind is not a usable integer"),
    "unknown column": (b'{"index": 1, "colour": "red"}', "unknown columns: colour"),
    "nested value in an unknown column": (b'{"index": 1, "a": {"b": [1]}}', "unknown columns: a"),
}
GOOD = len(BAD) + 1


@pytest.fixture(scope="module")
def user(spark_infra: Settings) -> Settings:
    """A user whose pin topic holds every bad record between two good ones, all of it sunk and batched."""
    settings = spark_infra.model_copy(update={"user_id": secrets.token_hex(6)})
    _fill(settings)
    environment = {
        "USER_ID": settings.user_id,
        "STATE_DIR": str(settings.state_dir),
        "LAKE_DIR": str(settings.lake / settings.user_id),
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "AWS_ENDPOINT_URL": settings.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key.get_secret_value(),
        "SINK_PORT": str(free_port()),
        "SINK_ROTATE_INTERVAL": "0.5",
    }
    own = settings.model_copy(update={"lake_dir": settings.lake / settings.user_id})
    sink = subprocess.Popen(
        [sys.executable, "-m", "services.s3_sink"],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
    )
    try:
        wait(own, 60, lambda _done, _of: None)
    finally:
        sink.terminate()
        sink.wait(30)
    run(own)
    return own


def _fill(settings: Settings) -> None:
    admin = AdminClient({"bootstrap.servers": settings.kafka_bootstrap})
    topics = [NewTopic(table.topic(settings.user_id), 1) for table in TABLES]
    for made in admin.create_topics(topics).values():
        made.result(30)
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap})
    for number, (value, _) in enumerate(BAD.values()):
        producer.produce(PIN.topic(settings.user_id), _good(number))
        producer.produce(PIN.topic(settings.user_id), value)
    producer.produce(PIN.topic(settings.user_id), _good(len(BAD)))
    producer.produce(GEO.topic(settings.user_id), b'{"ind": 1, "country": "Peru"}')
    producer.produce(USER.topic(settings.user_id), b'{"ind": 1, "age": 20}')
    assert producer.flush(30) == 0


def _good(number: int) -> bytes:
    return msgspec.json.encode({"index": 100 + number, "title": "ひまわり 🌻 زهرة"})


@pytest.mark.parametrize("number", range(len(BAD)), ids=list(BAD))
def test_a_bad_record_is_quarantined_with_its_bytes_and_the_reason(
    user: Settings, number: int
) -> None:
    """The row names the offset and the reason, and carries the record's own bytes."""
    value, reason = list(BAD.values())[number]
    rows = DeltaTable(user.lake / "quarantine" / "batch" / "pin").to_pyarrow_table().to_pylist()
    (row,) = [row for row in rows if row["offset"] == 2 * number + 1]
    assert row["reason"].startswith(reason)
    same = b"null" if value is None else value
    assert row["raw"] == same or msgspec.json.decode(row["raw"]) == msgspec.json.decode(same)


def test_the_neighbours_land(user: Settings) -> None:
    """Every good record is in silver, its text unchanged."""
    silver = DeltaTable(user.lake / "batch" / "silver" / "pin").to_pyarrow_table().to_pylist()
    assert sorted(row["ind"] for row in silver) == [100 + number for number in range(GOOD)]
    assert {row["title"] for row in silver} == {"ひまわり 🌻 زهرة"}


def test_the_ledger_finds_nothing_lost(user: Settings) -> None:
    """All records of the log are in silver or quarantine, once."""
    counts = batch_layer(user)["pin"].fields()
    assert (counts["lost"], counts["doubled"], counts["pending"]) == (0, 0, 0)
    assert counts["log"] == counts["bronze"] == 2 * len(BAD) + 1
    assert (counts["silver"], counts["quarantined"]) == (GOOD, len(BAD))
