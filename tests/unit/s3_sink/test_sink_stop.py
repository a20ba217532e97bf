"""The sink is constructed without a network, and ends when it is told to, though Kafka never answers."""

import logging
import threading

import pytest
from pydantic import SecretStr

from services.s3_sink import manifest_topic
from services.s3_sink.sink import Sink
from services.settings import HOST, Settings

NOWHERE = f"{HOST}:1"


def test_a_sink_that_waits_for_kafka_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It returns, and says for what it waited."""
    monkeypatch.setattr(manifest_topic, "TIMEOUT", 0.2)
    caplog.set_level(logging.INFO)
    stop = threading.Event()
    settings = Settings(
        kafka_bootstrap=NOWHERE,
        aws_access_key_id=SecretStr("test"),
        aws_secret_access_key=SecretStr("test"),
    )
    sink = Sink(settings, stop)
    threading.Timer(0.5, stop.set).start()
    sink.run(HOST, 0)
    assert "stopped while waiting to make the topic" in caplog.text
