"""What a record's fate means to its sender."""

import json

import pytest
from confluent_kafka import KafkaError

from services.gateway.kafka.produce import produce_response
from services.gateway.kafka.produce_outcome import (
    KafkaFailed,
    KafkaOutcome,
    KafkaStored,
    failed,
    no_partition,
    queue_full,
    too_large,
)


@pytest.mark.parametrize(
    ("error", "status", "code", "entry_code"),
    [
        (KafkaError._MSG_TIMED_OUT, 503, 50003, 50003),
        (KafkaError._PURGE_QUEUE, 503, 50003, 50003),
        (KafkaError._PURGE_INFLIGHT, 503, 50003, 50003),
        (KafkaError.REQUEST_TIMED_OUT, 503, 50003, 50003),
        (KafkaError._QUEUE_FULL, 503, 50302, 50302),
        (KafkaError._UNKNOWN_TOPIC, 404, 40403, 50003),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, 404, 40403, 50003),
        (KafkaError._UNKNOWN_PARTITION, 404, 40402, 50003),
        (KafkaError.MSG_SIZE_TOO_LARGE, 413, 413, 50002),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, 403, 40301, 40301),
        (KafkaError.INVALID_RECORD, 500, 50002, 50002),
    ],
)
def test_kafka_s_errors(error: int, status: int, code: int, entry_code: int) -> None:
    """Unknown is 50003, certainly not stored is not; never a 200."""
    outcome = failed(KafkaError(error))
    assert (outcome.status, outcome.code, outcome.entry_code) == (status, code, entry_code)
    assert bool(outcome.retry_after) == (status == 503)


@pytest.mark.parametrize(
    ("outcomes", "status", "code"),
    [
        ([KafkaStored(0, 1), too_large(9, 8), queue_full()], 413, 413),
        ([queue_full(), KafkaStored(0, 1)], 503, 50302),
        ([no_partition('t"', 9, 1)], 404, 40402),
    ],
)
def test_the_first_failure_gives_the_status(
    outcomes: list[KafkaOutcome], status: int, code: int
) -> None:
    """The entries stay in request order; error_code and message come on top."""
    response = produce_response(outcomes)
    body = json.loads(bytes(response.body))
    assert (response.status_code, body["error_code"]) == (status, code)
    assert [entry["offset"] for entry in body["offsets"]] == [
        outcome.offset if isinstance(outcome, KafkaStored) else None for outcome in outcomes
    ]
    assert ("Retry-After" in response.headers) == (status == 503)


def test_an_error_s_text_cannot_break_the_entry() -> None:
    """Kafka's text is JSON text in the answer."""
    entry = KafkaFailed(500, 500, 500, 'say "no"\n').entry()
    assert json.loads(entry)["error"] == 'say "no"\n'
