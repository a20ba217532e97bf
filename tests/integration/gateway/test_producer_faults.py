"""A producer that Kafka refuses for good is replaced: every record is acknowledged or refused, and no call waits."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from confluent_kafka import KafkaError
from pydantic import SecretStr

from services.settings import HOST, Settings
from tests.integration.gateway.running import Answer, RunningGateway, running_gateway
from tests.support.mock_kafka import PRODUCE, MockKafka, mock_kafka
from tests.support.polling import eventually

TOPIC = "0a1b2c3d4e5f.pin"
RECORD = '{"records":[{"value":1}]}'


@pytest.fixture
def kafka() -> Iterator[MockKafka]:
    """A broker that refuses what it is told to refuse."""
    with mock_kafka() as running:
        running.create_topic(TOPIC)
        yield running


@pytest.fixture
def faulty(kafka: MockKafka, folder: Path) -> Iterator[RunningGateway]:
    """A gateway in front of it."""
    settings = Settings(
        kafka_bootstrap=kafka.bootstrap,
        aws_endpoint_url=f"http://{HOST}:1",
        aws_access_key_id=SecretStr("test"),
        aws_secret_access_key=SecretStr("test"),
    )
    with running_gateway(settings, folder) as running:
        yield running


def test_a_refused_producer_is_replaced(kafka: MockKafka, faulty: RunningGateway) -> None:
    """The record that met the error may be stored or not; those after it are refused, then stored again."""
    assert faulty.produce(TOPIC, RECORD).status == 200
    kafka.refuse_next(PRODUCE, KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER)
    met = faulty.produce(TOPIC, RECORD)
    assert (met.status, met.json["error_code"]) == (503, 50003), met.body
    answers: list[Answer] = []

    def stored() -> bool:
        answers.append(faulty.produce(TOPIC, RECORD))
        return answers[-1].status == 200

    eventually("a record that is stored again", stored)
    refused = answers[:-1]
    assert all((a.status, a.json["error_code"]) == (503, 50302) for a in refused)
    assert all("Retry-After" in a.headers for a in [met, *refused])


def test_many_posters_meet_one_refusal_after_the_other(
    kafka: MockKafka, faulty: RunningGateway
) -> None:
    """Every request is answered, by offsets that are given out once or by a 503 that may be tried again."""
    done = Event()

    def post(number: int) -> Answer:
        if number % 100 == 50:
            kafka.refuse_next(PRODUCE, KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER)
        return faulty.produce(TOPIC, RECORD)

    def look() -> Counter[int]:
        seen: Counter[int] = Counter()
        while not done.is_set():
            seen[faulty.call("GET", "/").status] += 1
        return seen

    with ThreadPoolExecutor(17) as pool:
        looks = pool.submit(look)
        answers = list(pool.map(post, range(500)))
        done.set()
    assert set(looks.result()) == {200}
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) == {200, 503}, statuses
    offsets = [answer.offsets[0] for answer in answers if answer.status == 200]
    assert len(set(offsets)) == len(offsets)
    codes = {answer.json["error_code"] for answer in answers if answer.status == 503}
    assert codes <= {50003, 50302}
    assert "new one takes over" in faulty.log.read_text()
