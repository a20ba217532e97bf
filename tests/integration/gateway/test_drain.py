"""SIGTERM, and a Kafka that is not there."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import urllib3

from services.settings import HOST, PROJECT_ROOT, Settings
from tests.integration.gateway.running import JSON_V2, RunningGateway, running_gateway
from tests.support.polling import eventually

ONE = '{"records":[{"value":1}]}'


@dataclass
class Load:
    """64 clients that post numbered records until they are told to stop, or cannot go on."""

    gateway: RunningGateway
    topic: str
    stored: dict[int, int] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(n,)) for n in range(64)]
        for thread in self._threads:
            thread.start()

    def _post(self, number: int) -> None:
        while not self._stop.is_set():
            body = f'{{"records":[{{"value":{number}}}]}}'
            try:
                answer = self.gateway.produce(self.topic, body)
            except urllib3.exceptions.NewConnectionError:
                return
            except urllib3.exceptions.HTTPError:
                self.unknown.add(number)
                return
            if answer.status == 200:
                self.stored[number] = answer.offsets[0]
            else:
                self.refused.add(number)
            number += 64

    def end(self) -> None:
        """Stop the clients and wait for them."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


def test_sigterm_under_load_drops_no_accepted_record(infra: Settings, folder: Path) -> None:
    """Each 200 is in the log at its offset; whatever else is in the log was never answered."""
    topic = f"{uuid4().hex[:12]}.pin"
    with running_gateway(infra, folder) as gateway:
        load = Load(gateway, topic)
        eventually("1,000 answers", lambda: len(load.stored) > 1000)
        assert gateway.stop() == 0
        load.end()
        values = [int(value or b"") for _, value in gateway.records(topic)]
    assert len(values) == len(set(values)), "a record is in the log twice"
    assert {number: values[offset] for number, offset in load.stored.items()} == {
        number: number for number in load.stored
    }
    assert set(values) - set(load.stored) <= load.unknown
    assert not load.refused


@pytest.fixture
def away(infra: Settings, folder: Path) -> Iterator[RunningGateway]:
    """A gateway whose Kafka does not exist: nothing listens on port 1."""
    lost = infra.model_copy(update={"kafka_bootstrap": f"{HOST}:1"})
    with running_gateway(lost, folder, await_kafka=False) as gateway:
        yield gateway


def test_without_kafka_everything_says_so(away: RunningGateway) -> None:
    """Case 33: the process starts; health and produce are 503, with a reason and Retry-After."""
    health = away.call("GET", "/health")
    assert health.status == 503
    assert "Kafka does not answer" in health.json["problems"]["kafka"]
    for answer in (away.produce(f"{uuid4().hex[:12]}.pin", ONE), away.call("GET", "/topics")):
        assert answer.status == 503
        assert answer.json["error_code"] == 50302
        assert int(answer.headers["Retry-After"]) > 0
    log = away.log.read_text()
    assert log.count("Kafka does not answer") == 1, log


def test_without_kafka_sigterm_ends_the_process(away: RunningGateway) -> None:
    """There is nothing to wait for."""
    away.call("POST", "/consumers/g", json.dumps({"name": "c"}), "application/vnd.kafka.v2+json")
    away.process.send_signal(signal.SIGTERM)
    assert away.process.wait(20) == 0


def test_a_client_in_the_middle_of_its_body_does_not_hold_up_the_end(
    infra: Settings, folder: Path
) -> None:
    """Its request was not accepted yet; the process ends within its limits all the same."""
    with running_gateway(infra, folder) as gateway:
        place = HOST, gateway.settings.gateway_port
        head = f"POST /topics/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON_V2}\r\n"
        with socket.create_connection(place) as half, socket.create_connection(place):
            half.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            assert gateway.stop() == 0


def test_a_taken_port_is_named(gateway: RunningGateway) -> None:
    """A second gateway on the port ends with a message that names it, and does not share it."""
    port = str(gateway.settings.gateway_port)
    second = subprocess.run(
        [sys.executable, "-m", "services.gateway", "--port", port],
        cwd=PROJECT_ROOT,
        env={**os.environ, "ENV_FILE": str(gateway.log.with_name("none.env"))},
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 1
    assert f"port {port} of {HOST} is taken" in second.stderr.decode()
