"""A gateway under test: the process, a plain HTTP client, and a look into Kafka's log."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from services.free_ports import free_port
from services.settings import HOST, PROJECT_ROOT, Settings
from tests.support.polling import eventually

JSON_V2 = "application/vnd.kafka.json.v2+json"
BINARY_V2 = "application/vnd.kafka.binary.v2+json"
V2 = "application/vnd.kafka.v2+json"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def offsets(self) -> list[int]:
        """Offsets of a produce answer."""
        return [entry["offset"] for entry in self.json["offsets"]]


class RunningGateway:
    """The process and what can be asked of it."""

    def __init__(self, process: subprocess.Popen[bytes], settings: Settings, log: Path) -> None:
        self.process = process
        self.settings = settings
        self.log = log
        self.url = f"http://{HOST}:{settings.gateway_port}"
        self.pool = urllib3.PoolManager(maxsize=64, retries=False, timeout=40)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        content_type: str | None = None,
        accept: str | None = None,
    ) -> Answer:
        """One request; `path` may be a whole URL."""
        headers = {"Content-Type": content_type, "Accept": accept}
        url = path if path.startswith("http") else self.url + path
        sent = {name: value for name, value in headers.items() if value is not None}
        got = self.pool.request(method, url, body=body, headers=sent)
        return Answer(got.status, got.headers, got.data)

    def produce(self, topic: str, body: bytes | str, content_type: str | None = JSON_V2) -> Answer:
        """POST to a topic."""
        return self.call("POST", f"/topics/{topic}", body, content_type)

    def put(self, path: str, body: object, content_type: str | None = "application/json") -> Answer:
        """PUT to a path under `/prod/streams/`; the body is JSON already, or becomes it."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.call("PUT", f"/prod/streams/{path}", raw, content_type)

    def read(self, path: str, iterator: str | None) -> Answer:
        """GET a path under `/prod/streams` with an iterator in the header."""
        headers = {} if iterator is None else {"Shard-Iterator": iterator}
        got = self.pool.request("GET", f"{self.url}/prod/streams{path}", headers=headers)
        return Answer(got.status, got.headers, got.data)

    def metric(self, name: str) -> float:
        """A gauge without labels, as it is now."""
        page = self.call("GET", "/metrics").body.decode().splitlines()
        return next(float(line.split()[1]) for line in page if line.startswith(f"{name} "))

    def create_topic(self, name: str, partitions: int = 1) -> None:
        """Make a topic behind the gateway's back."""
        admin = AdminClient({"bootstrap.servers": self.settings.kafka_bootstrap})
        admin.create_topics([NewTopic(name, num_partitions=partitions)])[name].result(15)
        eventually(f"topic {name}", lambda: name in admin.list_topics(timeout=5).topics)

    def log_end(self, topic: str, partition: int = 0) -> int:
        """Offset of the next record."""
        with self._consumer() as consumer:
            place = TopicPartition(topic, partition)
            return int(consumer.get_watermark_offsets(place, timeout=10)[1])

    def records(self, topic: str, partition: int = 0) -> list[tuple[bytes | None, bytes | None]]:
        """All records of a partition: (key, value)."""
        end = self.log_end(topic, partition)
        found: list[tuple[bytes | None, bytes | None]] = []
        with self._consumer() as consumer:
            consumer.assign([TopicPartition(topic, partition, 0)])
            while len(found) < end:
                messages = consumer.consume(min(1000, end - len(found)), timeout=15)
                assert messages, f"{topic}: {len(found)} of {end} records came"
                found += [(message.key(), message.value()) for message in messages]
        return found

    @contextlib.contextmanager
    def _consumer(self) -> Iterator[Consumer]:
        consumer = Consumer(
            {
                "bootstrap.servers": self.settings.kafka_bootstrap,
                "group.id": "tests-look",
                "enable.auto.commit": False,
            }
        )
        try:
            yield consumer
        finally:
            consumer.close()

    def stop(self, within: float = 20) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)


@contextlib.contextmanager
def running_gateway(
    infra: Settings, folder: Path, *, await_kafka: bool = True, port: int | None = None
) -> Iterator[RunningGateway]:
    """`python -m services.gateway` on a free port, until the block ends."""
    port = port or free_port()
    chosen = infra.model_copy(update={"gateway_port": port})
    environment = {
        **os.environ,
        "ENV_FILE": str(folder / "none.env"),
        "GATEWAY_PORT": str(port),
        "KAFKA_BOOTSTRAP": chosen.kafka_bootstrap,
        "KAFKA_REST_URL": chosen.kafka_rest_url,
        "TOPIC_PARTITIONS": str(chosen.topic_partitions),
        "STREAM_SHARDS": str(chosen.stream_shards),
        "GATEWAY_CONSUMERS": str(chosen.gateway_consumers),
        "GATEWAY_CONSUMER_IDLE": str(chosen.gateway_consumer_idle),
        **_aws(chosen),
    }
    log = folder / "gateway.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.gateway"],
            cwd=PROJECT_ROOT,
            env=environment,
            stderr=stream,
            stdout=stream,
        )
    running = RunningGateway(process, chosen, log)
    try:
        eventually("the gateway", lambda: _answers(running, await_kafka=await_kafka))
        yield running
    finally:
        running.pool.clear()
        if process.poll() is None:
            process.kill()
        process.wait(10)


def _aws(settings: Settings) -> dict[str, str]:
    """Where Kinesis is, and the keys for it."""
    return {
        "AWS_ENDPOINT_URL": settings.aws_endpoint_url,
        "KINESIS_PORT": str(settings.kinesis_port),
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key.get_secret_value(),
    }


def _answers(running: RunningGateway, *, await_kafka: bool) -> bool:
    assert running.process.poll() is None, running.log.read_text()
    try:
        status = running.call("GET", "/health").status
    except urllib3.exceptions.HTTPError:
        return False
    return status == 200 or not await_kafka
