"""Reads that wait: for records, for each other, for a client that has gone; and what they must not hold up."""

import json
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import Producer

from services.settings import HOST, Settings
from tests.integration.gateway.rest_consumer import Consumer, json_consumer, numbers, place, values
from tests.integration.gateway.running import BINARY_V2, JSON_V2, RunningGateway, running_gateway
from tests.support.polling import eventually

SLOW = {"consumer.request.timeout.ms": 25_000}


def _waiting(gateway: RunningGateway, group: str, topic: str, name: str = "c") -> Consumer:
    """An instance whose reads wait long."""
    consumer = json_consumer(gateway, group, name=name, **SLOW)
    consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    return consumer


def _read(pool: ThreadPoolExecutor, consumer: Consumer) -> "Future[Any]":
    return pool.submit(consumer.call, "GET", "/records", None, JSON_V2)


def test_slow_reads_hold_nothing_up(gateway: RunningGateway, topic: str, group: str) -> None:
    """Thirty reads wait; producing, metadata, health and another read are answered, and then the thirty."""
    other = f"{uuid4().hex[:12]}.geo"
    consumers = [_waiting(gateway, group, topic, f"c{n}") for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        reads = [_read(pool, consumer) for consumer in consumers]
        before = gateway.metric("gateway_inflight_requests")
        eventually("all reads", lambda: gateway.metric("gateway_inflight_requests") > 30)
        assert gateway.produce(other, numbers(2)).status == 200
        assert other in gateway.call("GET", "/topics").json
        assert gateway.call("GET", "/health").status == 200
        quick = json_consumer(gateway, group, name="quick")
        quick.call("POST", "/assignments", {"partitions": [place(other)]})
        assert values(quick.read_until(2)) == [0, 1]
        assert [read for read in reads if read.done()] == [], before
        gateway.produce(topic, numbers(1))
        assert [values(read.result(20).json) for read in reads] == [[0]] * 30
    for consumer in [*consumers, quick]:
        consumer.delete()


def test_an_instance_that_waits_answers_other_calls(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """A second read waits beside the first, a commit and the assignment do not; DELETE ends both reads."""
    consumer = _waiting(gateway, group, topic)
    with ThreadPoolExecutor(2) as pool:
        reads = [_read(pool, consumer) for _ in range(2)]
        eventually("both reads", lambda: gateway.metric("gateway_inflight_requests") > 2)
        assert consumer.call("POST", "/offsets").status == 200
        assert consumer.call("GET", "/assignments").json == {"partitions": [place(topic)]}
        assert [read.done() for read in reads] == [False, False]
        consumer.delete()
        assert [read.result(20).json["error_code"] for read in reads] == [40403, 40403]


def test_two_reads_of_one_instance_share_the_records(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """Each record goes to one of them."""
    consumer = _waiting(gateway, group, topic)
    with ThreadPoolExecutor(2) as pool:
        reads = [_read(pool, consumer) for _ in range(2)]
        eventually("both reads", lambda: gateway.metric("gateway_inflight_requests") > 2)
        gateway.produce(topic, numbers(1))
        eventually("one read", lambda: any(read.done() for read in reads))
        gateway.produce(topic, numbers(1, first=1))
        found = [values(read.result(20).json) for read in reads]
    assert sorted(found) == [[0], [1]]


def test_a_client_that_goes_away_takes_no_records(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """What comes after it has gone is there for the next read."""
    consumer = _waiting(gateway, group, topic)
    path = consumer.uri.removeprefix(gateway.url)
    with socket.create_connection((HOST, gateway.settings.gateway_port)) as client:
        client.sendall(
            f"GET {path}/records HTTP/1.1\r\nHost: {HOST}\r\nAccept: {JSON_V2}\r\n\r\n".encode()
        )
        eventually("the read", lambda: gateway.metric("gateway_inflight_requests") > 1)
    eventually("its end", lambda: gateway.metric("gateway_inflight_requests") == 1)
    gateway.produce(topic, numbers(1))
    assert values(consumer.read_until(1)) == [0]


def test_records_without_key_or_value_are_records(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """Nothing at all, a key alone, headers alone: each is read while the topic's reads would wait on."""
    producer = Producer({"bootstrap.servers": gateway.settings.kafka_bootstrap})
    producer.produce(topic)
    producer.produce(topic, key=b'"k"')
    producer.produce(topic, headers={"h": b"1"})
    assert producer.flush(20) == 0
    waiting = _waiting(gateway, group, f"{uuid4().hex[:12]}.pin", "waiting")
    with ThreadPoolExecutor(1) as pool:
        without_end = _read(pool, waiting)
        for accept, format_ in ((JSON_V2, "json"), (BINARY_V2, "binary")):
            reader = Consumer(
                gateway,
                group,
                name=format_,
                format=format_,
                **{"auto.offset.reset": "earliest", **SLOW},
            )
            reader.call("POST", "/assignments", {"partitions": [place(topic)]})
            found = reader.read_until(3, accept)
            assert [record["value"] for record in found] == [None, None, None]
            assert [record["key"] is None for record in found] == [True, False, True]
        assert not without_end.done()
        waiting.delete()


def test_records_before_one_that_is_no_json_are_handed_out(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """The read ends before it, the next one is refused and skips nothing; a seek goes on behind it."""
    gateway.produce(
        topic, '{"records":[{"value":"MQ=="},{"value":"/w=="},{"value":"Mg=="}]}', BINARY_V2
    )
    consumer = json_consumer(gateway, group)
    consumer.subscribe(topic)
    assert values(consumer.read_until(1)) == [1]
    for _ in range(2):
        refused = consumer.call("GET", "/records", accept=JSON_V2)
        assert (refused.status, refused.json["error_code"]) == (408, 40801)
    consumer.call("POST", "/positions", {"offsets": [place(topic, offset=2)]})
    assert values(consumer.read_until(1)) == [2]


def test_a_stopping_gateway_lets_no_read_wait(
    infra: Settings, folder: Path, topic: str, group: str
) -> None:
    """SIGTERM: the read is answered with what is there, and the exit code is 0."""
    with running_gateway(infra, folder) as gateway, ThreadPoolExecutor(1) as pool:
        read = _read(pool, _waiting(gateway, group, topic))
        eventually("the read", lambda: gateway.metric("gateway_inflight_requests") > 1)
        assert gateway.stop() == 0
        assert (read.result(5).status, read.result(5).json) == (200, [])


def test_the_limit_of_instances_says_what_sets_it(
    infra: Settings, folder: Path, group: str
) -> None:
    """GATEWAY_CONSUMERS=2: the third is refused, and has a place when one was deleted."""
    chosen = infra.model_copy(update={"gateway_consumers": 2})
    with running_gateway(chosen, folder) as gateway:
        first, _ = (json_consumer(gateway, group, name=name) for name in ("a", "b"))
        refused = json_consumer(gateway, group).created
        assert refused.status == 429
        assert "GATEWAY_CONSUMERS" in refused.json["message"]
        first.delete()
        assert json_consumer(gateway, group).created.status == 200


def test_odd_names_lead_back_to_their_instance(gateway: RunningGateway) -> None:
    """base_uri is an address, whatever the names; one that no address can hold is refused."""
    group = f"g {uuid4().hex[:8]} ä?#%25"
    path = "/consumers/" + "".join(f"%{byte:02X}" for byte in group.encode())
    body = json.dumps({"name": 'ö "x" & y', "format": "json"})
    created = gateway.call("POST", path, body).json
    assert created["instance_id"] == 'ö "x" & y'
    assert gateway.call("GET", f"{created['base_uri']}/subscription").json == {"topics": []}
    assert gateway.call("DELETE", created["base_uri"]).status == 204
    for name in ("a/b", "..", "a\nb", "x" * 256):
        refused = gateway.call("POST", path, json.dumps({"name": name}))
        assert (refused.status, refused.json["error_code"]) == (422, 42204)
