"""What the gateway does when Kinesis refuses, fails, keeps silent, or is not there. Cases 20 and 30."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.records.kinesis_api import INTERNAL_FAILURE, THROTTLED
from tests.integration.gateway.running import Answer, RunningGateway
from tests.integration.gateway.streams import project_stream, streaming_gateway, values
from tests.support.kinesis import (
    Fault,
    KinesisUnderTest,
    fail,
    fail_entries,
    kinesis_under_test,
    lose_answer,
    lose_request,
    throttle,
)

ONE = {"Data": 1, "PartitionKey": "p"}
MANY = 200
"""More refusals than the gateway has patience for."""


@pytest.fixture
def stream(proxy: RunningGateway, kinesis: KinesisUnderTest) -> str:
    """A stream that is there and empty, and no fault left over."""
    assert kinesis.pending == 0
    name = f"faults-{project_stream()}"
    assert proxy.call("POST", f"/prod/streams/{name}", '{"ShardCount":1}').status == 200
    return name


def puts(kinesis: KinesisUnderTest) -> int:
    """How often PutRecords was called so far."""
    return kinesis.calls.count("PutRecords")


def three(proxy: RunningGateway, stream: str) -> Answer:
    """Put three records in one request."""
    records = [{"data": text, "partition-key": "p"} for text in ("a", "b", "c")]
    return proxy.put(f"{stream}/records", {"records": records})


def calm(kinesis: KinesisUnderTest) -> None:
    """Forget the faults that no request has met."""
    while kinesis.pending:
        kinesis.take("PutRecords")


@pytest.mark.parametrize("kind", [THROTTLED, INTERNAL_FAILURE])
def test_only_the_failed_record_is_sent_again(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str, kind: str
) -> None:
    """Case 20, when Kinesis recovers: each is stored once, the one that failed last."""
    kinesis.inject("PutRecords", fail_entries(1, type_name=kind))
    kinesis.inject("PutRecords", fail_entries(0, type_name=kind))
    before = puts(kinesis)
    answer = three(proxy, stream)
    assert (answer.status, answer.json["FailedRecordCount"]) == (200, 0)
    assert values(proxy.settings, stream) == [b"a", b"c", b"b"]
    numbers = [int(entry["SequenceNumber"]) for entry in answer.json["Records"]]
    assert numbers[0] < numbers[2] < numbers[1]
    assert puts(kinesis) - before == 3


def test_a_record_that_keeps_failing(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str
) -> None:
    """Case 20, when it does not: its entry says so, its neighbours are stored, the count is right."""
    kinesis.inject("PutRecords", fail_entries(1))
    kinesis.inject("PutRecords", fail_entries(0), MANY)
    answer = three(proxy, stream)
    calm(kinesis)
    assert (answer.status, answer.json["FailedRecordCount"]) == (200, 1)
    first, second, third = answer.json["Records"]
    assert second == {"ErrorCode": THROTTLED, "ErrorMessage": "injected"}
    assert "SequenceNumber" in first
    assert "SequenceNumber" in third
    assert values(proxy.settings, stream) == [b"a", b"c"]


def test_no_200_when_nothing_was_stored(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str
) -> None:
    """PutRecords' own answer would be a 200; here it is a 503 with the same entries."""
    kinesis.inject("PutRecords", fail_entries(0, 1, 2), MANY)
    answer = three(proxy, stream)
    calm(kinesis)
    assert (answer.status, answer.json["FailedRecordCount"]) == (503, 3)
    assert int(answer.headers["Retry-After"]) > 0
    assert not values(proxy.settings, stream)


@pytest.mark.parametrize("fault", [throttle(), fail_entries(0)])
def test_a_throttled_record_waits(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str, fault: Fault
) -> None:
    """The whole call or its entry was throttled: it is sent again, and stored once."""
    kinesis.inject("PutRecords", fault, 3)
    assert proxy.put(f"{stream}/record", ONE).status == 200
    assert values(proxy.settings, stream) == [b"1"]


def test_throttling_without_end(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str
) -> None:
    """Kinesis' own error, with its own status."""
    kinesis.inject("PutRecords", throttle(), MANY)
    answer = proxy.put(f"{stream}/record", ONE)
    calm(kinesis)
    assert (answer.status, answer.json["__type"]) == (400, THROTTLED)
    assert not values(proxy.settings, stream)


@pytest.mark.parametrize(
    ("fault", "kept"), [(lose_answer(), [b"1"]), (lose_request(), []), (fail(), [])]
)
def test_a_lost_answer_is_unknown_and_never_sent_again(
    proxy: RunningGateway,
    kinesis: KinesisUnderTest,
    stream: str,
    fault: Fault,
    kept: list[bytes],
) -> None:
    """500 whether it was stored or not, without Retry-After; one call, so it is never stored twice."""
    kinesis.inject("PutRecords", fault)
    before = puts(kinesis)
    answer = proxy.put(f"{stream}/record", ONE)
    assert (answer.status, answer.json["__type"]) == (500, INTERNAL_FAILURE)
    assert "may be stored or not" in answer.json["message"]
    assert "Retry-After" not in answer.headers
    assert puts(kinesis) - before == 1
    assert values(proxy.settings, stream) == kept


def test_doubt_about_one_record_is_doubt_about_the_request(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str
) -> None:
    """Two are stored and the answer for the third is lost: no entry may call that one unstored."""
    kinesis.inject("PutRecords", fail_entries(2))
    kinesis.inject("PutRecords", lose_answer())
    answer = three(proxy, stream)
    assert (answer.status, answer.json["__type"]) == (500, INTERNAL_FAILURE)
    assert answer.json["message"].startswith("1 of 3 records")
    assert values(proxy.settings, stream) == [b"a", b"b", b"c"]


def test_a_record_that_kinesis_will_not_have_spoils_no_other(
    proxy: RunningGateway, kinesis: KinesisUnderTest, stream: str
) -> None:
    """A stricter Kinesis refuses the whole call: halves find the record, and the others are stored."""

    def strict(body: bytes, serve: object) -> tuple[int, bytes]:
        assert callable(serve)
        if any(row["PartitionKey"] == "bad" for row in json.loads(body)["Records"]):
            return 400, b'{"__type":"ValidationException","message":"strict"}'
        answered: tuple[int, bytes] = serve(body)
        return answered

    kinesis.inject("PutRecords", strict, 20)
    keys = ["a", "b", "bad", "c", "d"]
    records = [{"data": key, "partition-key": key} for key in keys]
    answer = proxy.put(f"{stream}/records", {"records": records})
    calm(kinesis)
    assert (answer.status, answer.json["FailedRecordCount"]) == (200, 1)
    assert answer.json["Records"][2] == {
        "ErrorCode": "ValidationException",
        "ErrorMessage": "strict",
    }
    assert values(proxy.settings, stream) == [b"a", b"b", b"c", b"d"]


def test_without_kinesis_nothing_is_stored(tmp_path: Path) -> None:
    """Case 30: the process starts; everything is 503 with Retry-After, and health says why."""
    with streaming_gateway(1, tmp_path) as gateway:
        stream = project_stream()
        for answer in (
            gateway.put(f"{stream}/record", ONE),
            gateway.put(f"{stream}/records", {"records": [{"data": "x", "partition-key": "p"}]}),
            gateway.call("GET", "/prod/streams"),
        ):
            assert (answer.status, answer.json["__type"]) == (503, "ServiceUnavailable")
            assert int(answer.headers["Retry-After"]) > 0
        health = gateway.call("GET", "/health").json
        assert "Kinesis does not answer" in health["problems"]["kinesis"]
        assert gateway.stop() == 0


@pytest.mark.chaos
def test_a_record_outlives_a_short_absence(tmp_path: Path) -> None:
    """Sent while Kinesis is away, stored once when it is back."""
    data = tmp_path / "kinesis"
    with kinesis_under_test(data) as first:
        port = first.port
    with streaming_gateway(port, tmp_path) as gateway, ThreadPoolExecutor(1) as client:
        stream = project_stream()
        waiting = client.submit(gateway.put, f"{stream}/record", ONE)
        with kinesis_under_test(data, port=port):
            assert waiting.result(30).status == 200
            assert values(gateway.settings, stream) == [b"1"]


def test_first_use_by_many_at_once(proxy: RunningGateway, kinesis: KinesisUnderTest) -> None:
    """Sixteen clients find no stream: it is made once, and takes all sixteen records."""
    stream, made = project_stream(), kinesis.calls.count("CreateStream")
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda _: proxy.put(f"{stream}/record", ONE), range(16)))
    assert {answer.status for answer in answers} == {200}
    assert len(values(proxy.settings, stream)) == 16
    assert kinesis.calls.count("CreateStream") - made == 1


def test_nothing_above_was_unforeseen(proxy: RunningGateway) -> None:
    """The process lives, and no answer came from the last resort."""
    assert proxy.process.poll() is None
    assert "unforeseen" not in proxy.log.read_text()
