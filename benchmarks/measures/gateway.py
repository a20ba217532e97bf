"""The gateway: one record a request, a hundred records a request."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import repeat

from benchmarks.figure import Figure
from benchmarks.load import bare_producer
from benchmarks.load.http_load import HttpLoad, produce_body, run
from services.checkout.environment import inherited
from services.free_ports import free_port
from services.settings import HOST, PROJECT_ROOT, Settings
from services.stack import probes
from services.stack.native.scratch import ScratchStack
from services.tables import PIN

CONNECTIONS = 64
SECONDS = 10.0
RECORD_BYTES = 1000
BATCH = 100
WARM_UP_SECONDS = 2.0


def measure(stack: ScratchStack) -> list[Figure]:
    """Requests a second and p99 against a bare server; records a second against a raw producer."""
    topic = PIN.topic(stack.settings.user_id)
    url = f"{stack.settings.gateway_url}/{stack.settings.gateway_stage}/topics/{topic}"
    single = _load(url, records=1)
    with _bare_server() as echo_url:
        bare = _load(echo_url, records=1)
    batch = _load(url, records=BATCH).requests_per_second * BATCH
    raw = _bare_producer(stack.settings, topic)
    return [
        Figure(
            "gateway_requests", single.requests_per_second, bare.requests_per_second,
            "requests/s", 4000, "more", "the same server answering without Kafka",
        ),
        Figure(
            "gateway_p99", single.percentile(99), bare.percentile(99),
            "ms", 60, "less", "the same server answering without Kafka",
        ),
        Figure(
            "gateway_batch", batch, raw, "records/s", 0.6 * raw, "more", "confluent-kafka's own producer",
        ),
    ]  # fmt: skip


def _load(url: str, records: int) -> HttpLoad:
    """A warm-up, then the load that counts.

    Raises:
        RuntimeError: a request was not answered with 200.
    """
    body = produce_body(records, RECORD_BYTES)
    asyncio.run(run(url, body, connections=CONNECTIONS, seconds=WARM_UP_SECONDS))
    load = asyncio.run(run(url, body, connections=CONNECTIONS, seconds=SECONDS))
    if set(load.statuses) != {200} or load.broken_connections:
        raise RuntimeError(
            f"{url}: {dict(load.statuses)}, {load.broken_connections} connections broke"
        )
    return load


def _bare_producer(settings: Settings, topic: str) -> float:
    value = (
        produce_body(1, RECORD_BYTES).removeprefix(b'{"records":[{"value":').removesuffix(b"}]}")
    )
    bare_producer.produce(settings.kafka_bootstrap, topic, repeat(value, 20_000))
    return bare_producer.produce(settings.kafka_bootstrap, topic, repeat(value, 300_000))


@contextlib.contextmanager
def _bare_server() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.load.bare_http_server", "--port", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=inherited())
    try:
        url = f"http://{HOST}:{port}/"
        probes.wait(partial(probes.http, url), seconds=20)
        yield url
    finally:
        process.terminate()
        process.wait(10)
