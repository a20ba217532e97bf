"""A sink of its own for each test: a user nobody else has, in the shared Kafka and S3."""

import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from botocore.exceptions import ClientError
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from pydantic import SecretStr

from services.aws import s3_client
from services.free_ports import free_port
from services.records.object_key import ObjectKey
from services.s3_sink.wait import wait
from services.settings import HOST, PROJECT_ROOT, Settings
from services.tables import PIN, bucket
from tests.support.polling import eventually


class Rig:
    """One user's topics and bucket, and the sinks that a test starts for them."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.topic = PIN.topic(settings.user_id)
        self.bucket = bucket(settings.user_id)
        self.s3 = s3_client(settings)
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def make_topic(self, partitions: int = 1) -> None:
        """Make the pin topic."""
        admin = AdminClient({"bootstrap.servers": self.settings.kafka_bootstrap})
        admin.create_topics([NewTopic(self.topic, partitions, 1)])[self.topic].result(30)

    def produce(self, values: Iterable[bytes | None], partition: int = 0) -> None:
        """Put records straight into the log."""
        producer = Producer(
            {"bootstrap.servers": self.settings.kafka_bootstrap, "message.max.bytes": 2_000_000}
        )
        for value in values:
            producer.produce(self.topic, value, partition=partition)
        assert producer.flush(30) == 0

    def start(self, **overrides: str) -> subprocess.Popen[bytes]:
        """Start a sink and wait until it is ready."""
        port = free_port()
        process = self.launch(port, **overrides)
        eventually("a ready sink", lambda: is_ready(port))
        return process

    def launch(self, port: int, **overrides: str) -> subprocess.Popen[bytes]:
        """Start a sink that may have to wait."""
        number = len(self._processes)
        with (self._folder / f"sink-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.s3_sink"],
                cwd=PROJECT_ROOT,
                env=self._environment() | {"SINK_PORT": str(port)} | overrides,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def said(self) -> str:
        """What all sinks have logged."""
        return "".join(log.read_text() for log in sorted(self._folder.glob("sink-*.log")))

    def wait(self) -> None:
        """Until all that is in the log now is in objects."""
        wait(self.settings, 60, lambda _done, _of: None)

    def objects(self) -> dict[str, bytes]:
        """Key → bytes of every object; a missing bucket has none."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        try:
            keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
            return {key: self._body(key) for key in sorted(keys)}
        except ClientError:
            return {}

    def lines(self, partition: int = 0) -> dict[int, bytes]:
        """Offset → line of one partition; fails when an offset is there twice."""
        found: dict[int, bytes] = {}
        for name, body in self.objects().items():
            key = ObjectKey.parse(name)
            if key.partition == partition:
                for offset, line in enumerate(body.splitlines(), key.offset):
                    assert offset not in found, f"offset {offset} is in two objects"
                    found[offset] = line
        return found

    def delete(self, keys: Iterable[str]) -> None:
        """Lose objects."""
        for key in keys:
            self.s3.delete_object(Bucket=self.bucket, Key=key)

    def lose_bucket(self) -> None:
        """Lose the bucket and all that is in it, even while the sink writes to it."""
        eventually("an empty bucket to delete", self._bucket_deleted)

    def _bucket_deleted(self) -> bool:
        self.delete(self.objects())
        try:
            self.s3.delete_bucket(Bucket=self.bucket)
        except ClientError:
            return False
        return True

    def close(self) -> None:
        """Kill what is still running."""
        for process in self._processes:
            process.send_signal(signal.SIGKILL)
            process.wait(30)

    def _body(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def _environment(self) -> dict[str, str]:
        """The settings as the variables that the sink's process reads."""
        values = self.settings.model_dump(exclude_none=True)
        ours = {
            name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for name, value in values.items()
        }
        return {**os.environ, **ours, "ENV_FILE": str(self._folder / "no.env")}


def is_ready(port: int) -> bool:
    """Whether the sink's metrics answer."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture
def rig(infra: Settings, tmp_path: Path) -> Iterator[Rig]:
    """Files of ten records, or half a second old."""
    user_id = secrets.token_hex(6)
    settings = infra.model_copy(
        update={
            "user_id": user_id,
            "sink_topics_regex": rf"{user_id}\..*",
            "sink_flush_size": 10,
            "sink_rotate_interval": 0.5,
        }
    )
    rig = Rig(settings, tmp_path)
    yield rig
    rig.close()
