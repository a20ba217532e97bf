"""A million records through the sink: each is in one object, and the sink's memory stays within its settings."""

import threading
from typing import TYPE_CHECKING

import psutil
import pytest
from confluent_kafka import Producer

from services.s3_sink.topic_reader import PREFETCHED_KIBIBYTES
from services.s3_sink.wait import wait

if TYPE_CHECKING:
    from conftest import Rig  # type: ignore[import-not-found]

RECORDS = 1_000_000
FLUSH_SIZE, FLUSH_BYTES = 1000, 8 * 1024 * 1024
MEMORY = 2 * PREFETCHED_KIBIBYTES * 1024 + 4 * FLUSH_BYTES
"""What librdkafka has fetched ahead and what it holds of it for us; a file, its lines, its bytes as an object."""
FILLER = "x" * 150


def _line(number: int) -> bytes:
    return b'{"index":%d,"t":"%b"}' % (number, FILLER.encode())


def _produce(rig: "Rig") -> None:
    producer = Producer({"bootstrap.servers": rig.settings.kafka_bootstrap, "linger.ms": 20})
    for number in range(RECORDS):
        producer.produce(rig.topic, _line(number), partition=number % 4)
        if number % 10_000 == 0:
            assert producer.flush(60) == 0
    assert producer.flush(60) == 0


class _Peak(threading.Thread):
    """Looks at a process' memory until it is told to stop."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__()
        self._process = process
        self.stopped = threading.Event()
        self.resident = process.memory_info().rss

    def run(self) -> None:
        while not self.stopped.wait(0.1):
            self.resident = max(self.resident, self._process.memory_info().rss)


@pytest.mark.long
def test_a_million_records_are_sunk_once_in_bounded_memory(rig: "Rig") -> None:
    """Four partitions, produced and sunk at the same time."""
    rig.make_topic(partitions=4)
    sink = psutil.Process(
        rig.start(SINK_FLUSH_SIZE=str(FLUSH_SIZE), SINK_FLUSH_BYTES=str(FLUSH_BYTES)).pid
    )
    before, peak = sink.memory_info().rss, _Peak(sink)
    peak.start()
    _produce(rig)
    wait(rig.settings, 300, lambda _done, _of: None)
    peak.stopped.set()
    peak.join()
    for partition in range(4):
        lines = rig.lines(partition)
        assert len(lines) == RECORDS // 4
        assert all(line == _line(4 * n + partition) for n, line in lines.items())
    assert peak.resident - before < MEMORY, f"{before >> 20} MiB, then {peak.resident >> 20} MiB"
