"""The replacement of a producer that Kafka refuses for good; the producers are made of paper."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, cast

from confluent_kafka import KafkaError, KafkaException, Producer

from services.gateway.kafka.kafka_writer import KafkaWriter
from services.gateway.kafka.produce_body import KafkaRecord
from services.gateway.kafka.produce_outcome import KafkaFailed, KafkaOutcome, KafkaStored
from services.gateway.limits import Limits

RECORD = KafkaRecord(None, b"1", None)


class _Stored:
    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return 7


class _Healthy:
    """Stores everything at the next poll."""

    def __init__(self) -> None:
        self.deliveries: list[Callable[[Any, Any], None]] = []

    def __len__(self) -> int:
        return len(self.deliveries)

    def produce(self, *record: Any) -> None:
        self.deliveries.append(record[-1])

    def poll(self, _seconds: float) -> None:
        while self.deliveries:
            self.deliveries.pop()(None, _Stored())


class _Refused(_Healthy):
    """Meets a fatal error at its first poll, and its end blocks until somebody lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.purged = False
        self.ended = threading.Event()

    def poll(self, _seconds: float) -> None:
        if not self.purged:
            raise KafkaException(KafkaError(KafkaError._FATAL, "refused", fatal=True))

    def purge(self, *, blocking: bool) -> None:
        assert not blocking
        self.purged = True

    def close(self) -> None:
        assert self.ended.wait(30)


async def _write(writer: KafkaWriter) -> KafkaOutcome:
    return (await writer.write("t", [RECORD]))[0]


def test_what_blocks_is_done_beside_the_event_loop() -> None:
    """While a producer is made and another one ends, the loop runs: records are refused, then stored."""
    old, new, may_be_made = _Refused(), _Healthy(), threading.Event()
    producers: list[_Healthy] = [old]

    def make(_config: dict[str, object]) -> Producer:
        if producers:
            return cast("Producer", producers.pop())
        assert may_be_made.wait(30)
        return cast("Producer", new)

    async def scenario() -> list[KafkaOutcome]:
        writer = KafkaWriter("nowhere", Limits(), make)
        met, meanwhile = await _write(writer), await _write(writer)
        may_be_made.set()
        while isinstance(later := await _write(writer), KafkaFailed):
            await asyncio.sleep(0.01)
        old.ended.set()
        return [met, meanwhile, later]

    met, meanwhile, later = asyncio.run(scenario())
    assert isinstance(met, KafkaFailed)
    assert (met.status, met.code) == (503, 50003)
    assert isinstance(meanwhile, KafkaFailed)
    assert (meanwhile.status, meanwhile.code, meanwhile.retry_after) == (503, 50302, 1)
    assert later == KafkaStored(0, 7)
