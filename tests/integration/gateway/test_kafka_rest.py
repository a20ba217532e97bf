"""A gateway with a REST proxy behind it; here the proxy is a second gateway, in front of the real Kafka."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.settings import HOST, Settings
from tests.integration.gateway.running import (
    BINARY_V2,
    JSON_V2,
    V2,
    RunningGateway,
    running_gateway,
)
from tests.support.polling import eventually


@pytest.fixture(scope="module")
def forwarding(
    infra: Settings, gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningGateway]:
    """The gateway that forwards to the other one."""
    chosen = infra.model_copy(update={"kafka_rest_url": gateway.url})
    with running_gateway(chosen, tmp_path_factory.mktemp("forwarding")) as running:
        yield running


RECORDS = (
    b'{"records":[{"key":"k","value":{"b":1.10,\n "a":12345678901234567890123}},'
    b'{"value":"\xf0\x9f\x8e\x89 \\ud83d\\ude00"},{"value":null},{}]}'
)
STORED = [
    (b'"k"', b'{"b":1.10,\n "a":12345678901234567890123}'),
    (None, b'"\xf0\x9f\x8e\x89 \\ud83d\\ude00"'),
    (None, None),
    (None, None),
]


def test_records_are_stored_as_the_client_wrote_them(forwarding: RunningGateway) -> None:
    """A new topic of the project's pattern is made, the path is tidied, no byte of a record is changed."""
    topic = f"{uuid4().hex[:12]}.geo"
    answer = forwarding.call("POST", f"/prod//topics/{topic}/", RECORDS, JSON_V2)
    assert (answer.status, answer.headers["Content-Type"]) == (200, V2)
    assert answer.offsets == [0, 1, 2, 3]
    assert answer.body.endswith(b'],"key_schema_id":null,"value_schema_id":null}')
    assert forwarding.records(topic) == STORED


def test_binary_records_and_partitions(forwarding: RunningGateway) -> None:
    """Binary stays binary; the URL's partition is used, and one that is not there is refused alone."""
    topic = f"{uuid4().hex[:12]}.pin"
    forwarding.create_topic(topic, partitions=2)
    body = '{"records":[{"value":"AP8="},{"value":"","partition":7}]}'
    answer = forwarding.call("POST", f"/topics/{topic}/partitions/1", body, BINARY_V2)
    assert (answer.status, answer.json["error_code"]) == (404, 40402)
    assert answer.json["offsets"][0] == {
        "partition": 1,
        "offset": 0,
        "error_code": None,
        "error": None,
    }
    assert forwarding.records(topic, 1) == [(None, b"\x00\xff")]


@pytest.mark.parametrize(
    ("topic", "body", "content_type", "status"),
    [
        (None, b'{"records":[{"value":1}]}', "application/json", 415),
        (None, b'{"records":[{"value":1,"foo":2}]}', JSON_V2, 422),
        (None, b'{"records":[{"value":"!!"}]}', BINARY_V2, 400),
        ("no-such-topic", b'{"records":[{"value":1}]}', JSON_V2, 404),
    ],
)
def test_what_the_gateway_refuses_itself(
    forwarding: RunningGateway,
    topic: str | None,
    body: bytes,
    content_type: str,
    status: int,
) -> None:
    """The checks are those of a gateway without a proxy; nothing is made and nothing is stored."""
    name = topic or f"{uuid4().hex[:12]}.user"
    assert forwarding.produce(name, body, content_type).status == status
    assert name not in forwarding.call("GET", "/topics").json


def test_a_record_that_is_too_long(forwarding: RunningGateway, topic: str) -> None:
    """413 for the one over 1 MiB; its neighbour is stored."""
    body = b'{"records":[{"value":"%s"},{"value":1}]}' % (b"x" * 1024 * 1024)
    answer = forwarding.produce(topic, body)
    assert (answer.status, answer.offsets) == (413, [None, 0])
    assert forwarding.records(topic) == [(None, b"1")]


@pytest.mark.parametrize("path", ["", "/{t}", "/{t}/partitions", "/{t}/partitions/0/offsets", "/-"])
def test_metadata_is_the_proxy_s_own(
    forwarding: RunningGateway, gateway: RunningGateway, topic: str, path: str
) -> None:
    """Status, content type and body are the same with the proxy asked and with the gateway asked."""
    place = "/topics" + path.format(t=topic)
    ours, proxy_s = forwarding.call("GET", f"/prod{place}"), gateway.call("GET", place)
    assert (ours.status, ours.body) == (proxy_s.status, proxy_s.body)
    assert ours.headers["Content-Type"] == proxy_s.headers["Content-Type"]


def test_a_consumer_s_life(forwarding: RunningGateway, gateway: RunningGateway, topic: str) -> None:
    """Its address is the gateway's, behind its stage; the instance itself lives in the proxy."""
    assert forwarding.produce(topic, '{"records":[{"value":{"a":1}}]}').status == 200
    group = f"g-{uuid4().hex[:8]}"
    body = json.dumps({"name": "c", "format": "json", "auto.offset.reset": "earliest"})
    uri = forwarding.call("POST", f"/prod/consumers/{group}", body, V2).json["base_uri"]
    path = f"/consumers/{group}/instances/c"
    assert uri == f"http://{HOST}:{forwarding.settings.gateway_port}/prod{path}"
    places = json.dumps({"partitions": [{"topic": topic, "partition": 0}]})
    assert forwarding.call("POST", f"{uri}/assignments", places, V2).status == 204

    read = f"{uri}/records?timeout=500&max_bytes=1000"
    found = eventually("the record", lambda: forwarding.call("GET", read, accept=JSON_V2).json)
    assert found == [{"topic": topic, "key": None, "value": {"a": 1}, "partition": 0, "offset": 0}]
    assert forwarding.call("GET", read, accept=BINARY_V2).json["error_code"] == 40601
    assert forwarding.call("POST", f"{uri}/offsets").json == []
    committed = forwarding.call("GET", f"{uri}/offsets", places, V2)
    assert [each["offset"] for each in committed.json["offsets"]] == [1]
    assert gateway.call("GET", f"{path}/assignments").status == 200
    assert forwarding.call("DELETE", uri).status == 204
    assert gateway.call("GET", f"{path}/assignments").json["error_code"] == 40403


def test_a_long_read_is_waited_for(forwarding: RunningGateway, topic: str) -> None:
    """A consumer that may wait 2.5 s for records gets its empty answer, and no refusal before."""
    body = json.dumps({"format": "json", "consumer.request.timeout.ms": 2500})
    uri = forwarding.call("POST", f"/consumers/g-{topic}", body, V2).json["base_uri"]
    places = json.dumps({"partitions": [{"topic": topic, "partition": 0}]})
    assert forwarding.call("POST", f"{uri}/assignments", places, V2).status == 204
    answer = forwarding.call("GET", f"{uri}/records", accept=JSON_V2)
    assert (answer.status, answer.json) == (200, [])


def test_metrics_count_as_ever(forwarding: RunningGateway, topic: str) -> None:
    """Records by topic and outcome, requests by route and status."""
    forwarding.produce(topic, '{"records":[{"value":1},{"value":2}]}')
    page = forwarding.call("GET", "/metrics").body.decode()
    assert f'gateway_records_total{{outcome="stored",topic="{topic}"}} 2.0' in page
    assert 'gateway_requests_total{route="/topics/{topic}",status="200"}' in page
    assert "gateway_queue_records 0.0" in page


def test_the_proxy_away(infra: Settings, topic: str, folder: Path) -> None:
    """Records are refused as certainly not stored, and health names the proxy, as long as it is away."""
    nobody = infra.model_copy(update={"kafka_rest_url": f"http://{HOST}:1"})
    with running_gateway(nobody, folder, await_kafka=False) as gateway:
        answer = gateway.produce(topic, '{"records":[{"value":1}]}')
        assert (answer.status, answer.json["error_code"]) == (503, 50302)
        assert answer.headers["Retry-After"]
        health = gateway.call("GET", "/health")
        assert health.status == 503
        assert "no connection" in health.json["problems"]["kafka-rest"]
        assert gateway.log_end(topic) == 0
        assert gateway.stop() == 0
