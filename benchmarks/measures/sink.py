"""The sink: Kafka → S3, 1 KB records, start of its process included."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import repeat

import urllib3
from confluent_kafka import Consumer, TopicPartition

from benchmarks.figure import Figure
from benchmarks.load import bare_producer
from benchmarks.load.http_load import produce_body
from benchmarks.measures.gateway import RECORD_BYTES
from services.aws import s3_client
from services.checkout.environment import inherited
from services.free_ports import free_port
from services.settings import HOST, PROJECT_ROOT
from services.stack.native.scratch import ScratchStack
from services.tables import PIN

RECORDS = 300_000
OTHER_USER = "bbbbbbbbbbbb"
_DEADLINE_SECONDS = 300
_COUNTED = re.compile(rb"^s3_sink_records_total\{.*\} (\S+)$", re.MULTILINE)


def measure(stack: ScratchStack) -> list[Figure]:
    """Records a second, beside what reading the log and writing as many bytes to S3 take by themselves."""
    topic = PIN.topic(OTHER_USER)
    value = (
        produce_body(1, RECORD_BYTES).removeprefix(b'{"records":[{"value":').removesuffix(b"}]}")
    )
    bare_producer.create_topic(stack.settings.kafka_bootstrap, topic)
    bare_producer.produce(stack.settings.kafka_bootstrap, topic, repeat(value, RECORDS))
    started = time.perf_counter()
    with _sink(stack) as url:
        _await_records(url)
        seconds = time.perf_counter() - started
    alone = _read(stack, topic) + _write(stack, value)
    return [
        Figure(
            "sink", RECORDS / seconds, RECORDS / alone, "records/s", 20_000, "more",
            "reading the log and putting the objects, without looking at a record",
        )
    ]  # fmt: skip


@contextlib.contextmanager
def _sink(stack: ScratchStack) -> Iterator[str]:
    port = free_port()
    own = {"USER_ID": OTHER_USER, "SINK_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "services.s3_sink"],
        cwd=PROJECT_ROOT,
        env={**inherited(), **stack.environment, **own},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://{HOST}:{port}/metrics"
    finally:
        process.terminate()
        process.wait(30)


def _await_records(url: str) -> None:
    """Wait until the sink says that all records are in objects.

    Raises:
        RuntimeError: they are not within the deadline.
    """
    http = urllib3.PoolManager(retries=False)
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            counted = sum(
                float(number) for number in _COUNTED.findall(http.request("GET", url).data)
            )
            if counted >= RECORDS:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the sink did not write {RECORDS} records within {_DEADLINE_SECONDS} s")


def _read(stack: ScratchStack, topic: str) -> float:
    """Seconds to read the topic in batches."""
    consumer = Consumer(
        {"bootstrap.servers": stack.settings.kafka_bootstrap, "group.id": "benchmark"}
    )
    consumer.assign([TopicPartition(topic, 0, 0)])
    started, count = time.perf_counter(), 0
    while count < RECORDS:
        count += len(consumer.consume(10_000, 1.0))
    consumer.close()
    return time.perf_counter() - started


def _write(stack: ScratchStack, value: bytes) -> float:
    """Seconds to put as many bytes in as many objects as the sink does."""
    size = stack.settings.sink_flush_size
    client = s3_client(stack.settings)
    client.create_bucket(Bucket="benchmark")
    body = (value + b"\n") * size
    started = time.perf_counter()
    for number in range(RECORDS // size):
        client.put_object(Bucket="benchmark", Key=str(number), Body=body)
    return time.perf_counter() - started
