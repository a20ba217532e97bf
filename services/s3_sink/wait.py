"""`wait`: until all records that are in Kafka now are in objects; also for the pipeline's notebook."""

import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaException

from services.s3_sink.flush import Partition
from services.s3_sink.group_offsets import GroupOffsets
from services.s3_sink.sunk_topics import SunkTopics
from services.s3_sink.topic_reader import consumer, existing_partitions, watermarks
from services.settings import Settings

POLL_SECONDS = 0.2

Lag = dict[Partition, int]
"""Records of each partition that are in the log, but in no object."""


class WaitError(Exception):
    """The sink did not catch up; the message says where, and what to do."""


def wait(settings: Settings, timeout: float, report: Callable[[int, int], None]) -> int:
    """Wait for what the sink has of the user's topics; `report` gets how many records are in objects, of how many.

    Returns:
        Offsets of the log when the wait began: all of them are in objects now.

    Raises:
        WaitError: the time is up, or Kafka does not answer.
    """
    client, offsets = consumer(settings), GroupOffsets(settings.kafka_bootstrap)
    deadline = time.monotonic() + timeout
    try:
        ends = {p: watermarks(client, p) for p in _partitions(client, settings)}
        total = sum(high - low for low, high in ends.values())
        while lag := _lag(ends, offsets.committed(ends)):
            report(total - sum(lag.values()), total)
            if time.monotonic() > deadline:
                raise WaitError(_late(lag, timeout))
            time.sleep(POLL_SECONDS)
        report(total, total)
    except KafkaException as error:
        raise WaitError(
            f"Kafka at {settings.kafka_bootstrap} does not answer ({error.args[0].str()}). "
            "Is the stack up? `make status`"
        ) from error
    finally:
        client.close()
    return total


def _partitions(client: Consumer, settings: Settings) -> list[Partition]:
    existing = existing_partitions(client, SunkTopics(settings))
    return [partition for partition in existing if partition.user_id == settings.user_id]


def _lag(ends: dict[Partition, tuple[int, int]], done: dict[Partition, int]) -> Lag:
    lag = {p: high - max(done.get(p, low), low) for p, (low, high) in ends.items()}
    return {partition: records for partition, records in lag.items() if records > 0}


def _late(lag: Lag, timeout: float) -> str:
    where = ", ".join(f"{partition}: {records}" for partition, records in sorted(lag.items()))
    return (
        f"After {timeout:.0f} s these records are still in no object: {where}. "
        "See whether the sink runs (`make status`) and what it says (`make logs SERVICE=s3_sink`)."
    )
