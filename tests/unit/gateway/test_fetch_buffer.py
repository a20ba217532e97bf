"""What a consumer instance has fetched: counted, kept over errors, dropped with its partition; no broker is needed."""

from dataclasses import dataclass
from typing import cast

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException

from services.gateway.kafka.consumers.fetch_buffer import FetchBuffer


@dataclass
class _Message:
    offset_: int
    value_: bytes | None = None
    partition_: int = 0
    error_: KafkaError | None = None

    def topic(self) -> str:
        return "t"

    def partition(self) -> int:
        return self.partition_

    def offset(self) -> int:
        return self.offset_

    def key(self) -> bytes | None:
        return None

    def value(self) -> bytes | None:
        return self.value_

    def error(self) -> KafkaError | None:
        return self.error_


class _Log:
    """Gives one batch; a second wait would last for ever."""

    def __init__(self, *messages: _Message) -> None:
        self._messages = list(messages)

    def poll(self, seconds: float) -> _Message | None:
        assert self._messages or not seconds, "it waits although a record is there"
        return self._messages.pop(0) if self._messages else None

    def consume(self, _count: int, _seconds: float) -> list[_Message]:
        found, self._messages = self._messages, []
        return found


def _buffer(*messages: _Message) -> FetchBuffer:
    return FetchBuffer(cast("Consumer", _Log(*messages)))


def test_a_record_without_key_and_value_ends_the_wait() -> None:
    """It has no bytes, and is a record."""
    buffer = _buffer(_Message(0))
    buffer.fill(0, deadline=float("inf"))
    assert (len(buffer), buffer.size) == (1, 0)


def test_an_error_between_records_loses_none() -> None:
    """The reader is told, and reads the others afterwards."""
    broken = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    buffer = _buffer(_Message(0), _Message(1, error_=broken), _Message(2))
    with pytest.raises(KafkaException):
        buffer.fill(0, deadline=0)
    assert [message.offset() for message in buffer] == [0, 2]


def test_a_notice_is_no_record() -> None:
    """The end of a partition passes."""
    buffer = _buffer(_Message(0, error_=KafkaError(KafkaError._PARTITION_EOF)), _Message(1))
    buffer.fill(0, deadline=0)
    assert [message.offset() for message in buffer] == [1]


def test_the_size_follows_what_goes() -> None:
    """Handed out, and dropped with a partition that another instance reads now."""
    buffer = _buffer(_Message(0, b"aa"), _Message(1, b"bbb"), _Message(0, b"c", partition_=1))
    buffer.fill(0, deadline=0)
    buffer.remove(1)
    assert buffer.size == 4
    buffer.drop({("t", 0)})
    assert ([message.value() for message in buffer], buffer.size) == ([b"c"], 1)
