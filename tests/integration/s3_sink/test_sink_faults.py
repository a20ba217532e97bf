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

FAULTS = (
    S3Fault(403, "AccessDenied"),
    S3Fault(500),
    S3Fault(503, "SlowDown"),
    S3Fault(507, "InsufficientStorage"),
    S3Fault(None),
    S3Fault(None, is_done=True),
    S3Fault(500, is_done=True),
)


def _rows(first: int, count: int) -> list[bytes | None]:
    return [b'{"index":%d}' % n for n in range(first, first + count)]


def test_s3_that_refuses_delays_and_neither_loses_nor_doubles(rig: "Rig") -> None:
    """Forbidden, failed, full, broken, done without an answer: each offset is in one object, and the log tells."""
    rig.make_topic()
    with faulty_s3(rig.settings.aws_endpoint_url) as s3:
        rig.start(AWS_ENDPOINT_URL=s3.url)
        for number, fault in enumerate(FAULTS):
            s3.inject(fault, 2)
            rig.produce(_rows(15 * number, 15))
            rig.wait()
        assert s3.refused == 2 * len(FAULTS)
    assert rig.lines() == {n: b'{"index":%d}' % n for n in range(15 * len(FAULTS))}
    said = rig.said()
    assert said.count("cannot write topics/") == said.count("could write topics/") >= len(FAULTS)
    assert "Traceback" not in said


@pytest.mark.long
def test_kafka_away_at_the_start_and_in_the_middle_of_work(
    rig: "Rig", infra_stack: ScratchStack
) -> None:
    """A sink at work goes on; one that starts says for what it waits, and ends with 0 at SIGTERM, or is ready later."""
    rig.make_topic()
    rig.start()
    rig.produce(_rows(0, 300))
    eventually("the first objects", lambda: len(rig.objects()) > 2)
    infra_stack.stack.stop("kafka")
    try:
        ports = free_port(), free_port()
        stopped, waiting = (rig.launch(port) for port in ports)
        eventually("two complaints", lambda: rig.said().count("cannot make the topic") == 2)
        stopped.terminate()
        assert stopped.wait(30) == 0
        assert waiting.poll() is None
        assert not any(map(is_ready, ports))
    finally:
        infra_stack.stack.start("kafka", infra_stack.report)
    eventually("a sink that is ready late", lambda: is_ready(ports[1]))
    rig.produce(_rows(300, 100))
    rig.wait()
    assert rig.lines() == {n: b'{"index":%d}' % n for n in range(400)}
    assert "Traceback" not in rig.said()
