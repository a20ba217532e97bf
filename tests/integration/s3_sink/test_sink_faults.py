"""The sink when what it needs is away, refuses, or comes late: it waits, says so, and loses or doubles nothing."""

from typing import TYPE_CHECKING

import pytest

from services.free_ports import free_port
from services.stack.native.scratch import ScratchStack
from tests.integration.s3_sink.conftest import is_ready
from tests.support.faulty_s3 import S3Fault, faulty_s3
from tests.support.polling import eventually

if TYPE_CHECKING:
    from conftest import Rig  # type: ignore[import-not-found]

FAULTS = {
    "forbidden": S3Fault(403, "AccessDenied"),
    "failed": S3Fault(500),
    "full": S3Fault(507, "InsufficientStorage"),
    "slow down": S3Fault(503, "SlowDown"),
    "broken": S3Fault(None),
    "answer lost": S3Fault(None, is_done=True),
    "failed after it was done": S3Fault(500, is_done=True),
}


def _rows(first: int, count: int) -> list[bytes | None]:
    return [b'{"index":%d}' % n for n in range(first, first + count)]


@pytest.mark.parametrize("name", FAULTS)
def test_s3_that_refuses_delays_and_neither_loses_nor_doubles(rig: "Rig", name: str) -> None:
    """Four PUTs in a row fail, at the first object and again later; each offset is in one object."""
    rig.make_topic()
    with faulty_s3(rig.settings.aws_endpoint_url) as s3:
        rig.start(AWS_ENDPOINT_URL=s3.url)
        for first in (0, 35):
            s3.inject(FAULTS[name], 4)
            rig.produce(_rows(first, 35))
            rig.wait()
        assert s3.refused == 8
    assert rig.lines() == {n: b'{"index":%d}' % n for n in range(70)}
    assert "cannot write topics/" in rig.said()
    assert "could write topics/" in rig.said()
    assert "Traceback" not in rig.said()


def test_a_sink_without_kafka_waits_for_it(rig: "Rig", infra_stack: ScratchStack) -> None:
    """It says what it waits for, ends with 0 at SIGTERM, and is ready only when Kafka is there."""
    rig.make_topic()
    rig.produce(_rows(0, 5))
    infra_stack.stack.stop("kafka")
    ports = free_port(), free_port()
    try:
        stopped, waiting = (rig.launch(port) for port in ports)
        eventually("two complaints", lambda: rig.said().count("cannot make the topic") == 2)
        stopped.terminate()
        assert stopped.wait(30) == 0
        assert waiting.poll() is None
        assert not is_ready(ports[1])
    finally:
        infra_stack.stack.start("kafka", infra_stack.report)
    rig.wait()
    assert rig.lines() == {n: b'{"index":%d}' % n for n in range(5)}
    assert "ready: following 1 partitions" in rig.said()
    assert "Traceback" not in rig.said()


def test_a_broker_that_restarts_in_the_middle_of_work(
    rig: "Rig", infra_stack: ScratchStack
) -> None:
    """Objects, manifest entries and commits that were under way are done once."""
    rig.make_topic()
    rig.start()
    rig.produce(_rows(0, 300))
    eventually("the first objects", lambda: len(rig.objects()) > 2)
    infra_stack.stack.stop("kafka")
    infra_stack.stack.start("kafka", infra_stack.report)
    rig.produce(_rows(300, 100))
    rig.wait()
    assert rig.lines() == {n: b'{"index":%d}' % n for n in range(400)}
    assert "Traceback" not in rig.said()
