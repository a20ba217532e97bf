"""What became of one record: stored at an offset, or failed with the REST proxy's codes."""

from typing import NamedTuple

import msgspec
from confluent_kafka import KafkaError

from services.gateway.errors import AWAY_RETRY_SECONDS, BUSY_RETRY_SECONDS
from services.records.kafka_rest_api import NOT_RETRIABLE, NOT_SENT, RETRIABLE


class Stored(NamedTuple):
    """The broker acknowledged the record."""

    partition: int
    offset: int

    def entry(self) -> str:
        """The record's entry in the answer's `offsets`."""
        return (
            f'{{"partition":{self.partition},"offset":{self.offset},'
            '"error_code":null,"error":null}'
        )


class Failed(NamedTuple):
    """The record is not known to be stored.

    Attributes:
        status: HTTP status of an answer whose first failure this is.
        code: That answer's `error_code`.
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
        """The record's entry in the answer's `offsets`."""
        reason = msgspec.json.encode(self.reason).decode()
        return f'{{"partition":null,"offset":null,"error_code":{self.entry_code},"error":{reason}}}'


Outcome = Stored | Failed

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
    KafkaError._MSG_TIMED_OUT,
    KafkaError._TIMED_OUT,
    KafkaError._PURGE_INFLIGHT,
    KafkaError._PURGE_QUEUE,  # may have been sent before, and wait to be sent again
    KafkaError._TRANSPORT,
    KafkaError.REQUEST_TIMED_OUT,
}


def failed(error: KafkaError) -> Failed:
    """What an error of the Kafka client means to whoever sent the record."""
    code, reason = error.code(), error.str()
    if code in _ABSENT:
        return Failed(404, _ABSENT[code], RETRIABLE, reason)
    if code == KafkaError.MSG_SIZE_TOO_LARGE:
        return Failed(413, 413, NOT_RETRIABLE, reason)
    if code in _FORBIDDEN:
        return Failed(403, 40301, 40301, reason)
    if code == KafkaError._QUEUE_FULL:
        return queue_full()
    if code in _UNKNOWN or error.retriable():
        return unknown(reason)
    return Failed(500, NOT_RETRIABLE, NOT_RETRIABLE, reason)


def queue_full() -> Failed:
    """Backpressure: the record was never sent, so it is certain that it is not stored."""
    return not_sent("the gateway's queue is full", BUSY_RETRY_SECONDS)


def not_sent(reason: str, retry_after: int) -> Failed:
    """The record never left the gateway."""
    text = f"{reason}; the record was not sent and is not stored"
    return Failed(503, NOT_SENT, NOT_SENT, text, retry_after)


def unknown(reason: str) -> Failed:
    """The record was sent, and no acknowledgement tells what became of it."""
    text = f"{reason}: no acknowledgement came; the record may be in the log or not"
    return Failed(503, RETRIABLE, RETRIABLE, text, AWAY_RETRY_SECONDS)


def too_large(size: int, limit: int) -> Failed:
    """The record alone is over the limit; its neighbours are not concerned."""
    reason = f"The record is {size} bytes long, which is larger than {limit}; it is not stored."
    return Failed(413, 413, NOT_RETRIABLE, reason)


def no_partition(topic: str, partition: int, count: int) -> Failed:
    """The topic is there, the partition is not."""
    reason = (
        f"Partition {partition} of topic {topic} with partition count {count} does not exist; "
        "the record is not stored."
    )
    return Failed(404, 40402, RETRIABLE, reason)
