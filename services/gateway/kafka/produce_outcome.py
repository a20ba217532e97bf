"""What became of one produced record: stored at an offset, or failed with the REST proxy's codes (50302, 50003 …)."""

from typing import NamedTuple

import msgspec
from confluent_kafka import KafkaError

from services.gateway.refused_request import OVERLOADED_RETRY_SECONDS, UNAVAILABLE_RETRY_SECONDS
from services.records.kafka_rest_api import NOT_RETRIABLE, NOT_SENT, RETRIABLE


class KafkaStored(NamedTuple):
    """The broker acknowledged the record."""

    partition: int
    offset: int

    def entry(self) -> str:
        """The record's entry in the response's `offsets`, as JSON."""
        return (
            f'{{"partition":{self.partition},"offset":{self.offset},'
            '"error_code":null,"error":null}'
        )


class KafkaFailed(NamedTuple):
    """The record is not known to be stored.

    Attributes:
        status: HTTP status of a response whose first failure this is.
        code: That response's `error_code`.
        entry_code: `error_code` of the record's own entry.
        reason: Kafka's text, or ours.
        retry_after: Seconds after which it is worth trying again; None means that it is not.
    """

    status: int
    code: int
    entry_code: int
    reason: str
    retry_after: int | None = None

    def entry(self) -> str:
        """The record's entry in the response's `offsets`, as JSON."""
        reason = msgspec.json.encode(self.reason).decode()
        return f'{{"partition":null,"offset":null,"error_code":{self.entry_code},"error":{reason}}}'


KafkaOutcome = KafkaStored | KafkaFailed

_ABSENT = {
    KafkaError.UNKNOWN_TOPIC_OR_PART: 40403,
    KafkaError._UNKNOWN_TOPIC: 40403,
    KafkaError._UNKNOWN_PARTITION: 40402,
}
_FORBIDDEN = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
}
_UNKNOWN = {
    KafkaError._FATAL,
    KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER,
    KafkaError.UNKNOWN_PRODUCER_ID,
    KafkaError.INVALID_PRODUCER_EPOCH,
    KafkaError._MSG_TIMED_OUT,
    KafkaError._TIMED_OUT,
    KafkaError._PURGE_INFLIGHT,
    KafkaError._PURGE_QUEUE,  # may have been sent before, and wait to be sent again
    KafkaError._TRANSPORT,
    KafkaError.REQUEST_TIMED_OUT,
}


def failed(error: KafkaError) -> KafkaFailed:
    """What an error of the Kafka client means to the record's sender."""
    code, reason = error.code(), error.str()
    if code in _ABSENT:
        return KafkaFailed(404, _ABSENT[code], RETRIABLE, reason)
    if code == KafkaError.MSG_SIZE_TOO_LARGE:
        return KafkaFailed(413, 413, NOT_RETRIABLE, reason)
    if code in _FORBIDDEN:
        return KafkaFailed(403, 40301, 40301, reason)
    if code == KafkaError._QUEUE_FULL:
        return queue_full()
    if code in _UNKNOWN or error.retriable():
        return unknown(reason)
    return KafkaFailed(500, NOT_RETRIABLE, NOT_RETRIABLE, reason)


def queue_full() -> KafkaFailed:
    """Backpressure: the record was never sent, so it is certain that it is not stored."""
    return not_sent("the gateway's queue is full", OVERLOADED_RETRY_SECONDS)


def producer_is_replaced() -> KafkaFailed:
    """Kafka refused the producer for good; the record was not given to it."""
    return not_sent("the gateway's producer is being replaced", OVERLOADED_RETRY_SECONDS)


def not_sent(reason: str, retry_after: int) -> KafkaFailed:
    """The record was certainly not sent."""
    text = f"{reason}; the record was not sent and is not stored"
    return KafkaFailed(503, NOT_SENT, NOT_SENT, text, retry_after)


def unknown(reason: str) -> KafkaFailed:
    """The record was sent, and no acknowledgement came: it may be stored or not."""
    text = f"{reason}: no acknowledgement came; the record may be in the log or not"
    return KafkaFailed(503, RETRIABLE, RETRIABLE, text, UNAVAILABLE_RETRY_SECONDS)


def too_large(size: int, limit: int) -> KafkaFailed:
    """The record alone is over the limit; the others of its request are not concerned."""
    reason = f"The record is {size} bytes long, which is larger than {limit}; it is not stored."
    return KafkaFailed(413, 413, NOT_RETRIABLE, reason)


def no_partition(topic: str, partition: int, count: int) -> KafkaFailed:
    """The topic exists, the partition does not."""
    reason = (
        f"Partition {partition} of topic {topic} with partition count {count} does not exist; "
        "the record is not stored."
    )
    return KafkaFailed(404, 40402, RETRIABLE, reason)
