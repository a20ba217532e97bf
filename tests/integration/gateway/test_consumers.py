"""Consumers: contracts/kafka-rest-v2.md, cases 41 to 50, and the calls around them."""

from typing import Any

import pytest

from services.settings import HOST
from tests.integration.gateway.rest_consumer import Consumer, json_consumer, place
from tests.integration.gateway.running import BINARY_V2, JSON_V2, V2, Answer, RunningGateway
from tests.support.polling import eventually


def test_create_names_a_uri_that_works(gateway: RunningGateway, group: str) -> None:
    """Cases 41 and 42: base_uri keeps the stage; the same name again is refused."""
    consumer = json_consumer(gateway, group)
    assert consumer.created.status == 200
    assert consumer.created.json == {
        "instance_id": "c",
        "base_uri": f"http://{HOST}:{gateway.settings.gateway_port}"
        f"/prod/consumers/{group}/instances/c",
    }
    assert consumer.call("GET", "/subscription").json == {"topics": []}
    again = json_consumer(gateway, group).created
    assert (again.status, again.json["error_code"]) == (409, 40902)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"auto.offset.reset": "bad"}, 42204),  # 43
        ({"auto.commit.enable": "maybe"}, 42204),
        ({"format": "xml"}, 422),  # 44
        ({"fetch.min.bytes": 10_000_001}, 40001),
        ({"consumer.request.timeout.ms": "soon"}, 42204),
    ],
)
def test_a_bad_configuration_is_refused(
    gateway: RunningGateway, group: str, body: dict[str, Any], code: int
) -> None:
    """Cases 43 and 44: 422, and no instance is left behind."""
    created = Consumer(gateway, group, **body).created
    assert (created.status, created.json["error_code"]) == (422, code)
    gone = gateway.call("DELETE", f"/consumers/{group}/instances/c")
    assert gone.status == 404


def test_an_instance_without_a_body_has_defaults(gateway: RunningGateway, group: str) -> None:
    """No body: a made-up name, binary format."""
    created = gateway.call("POST", f"/consumers/{group}", None, V2).json
    assert created["instance_id"].startswith("rest-consumer-")
    assert "/prod/" not in created["base_uri"]


def test_assign_after_subscribe_is_refused(gateway: RunningGateway, topic: str, group: str) -> None:
    """Case 45, both ways round."""
    consumer = json_consumer(gateway, group)
    assert consumer.call("POST", "/subscription", {"topics": [topic]}).status == 204
    assert consumer.call("GET", "/subscription").json == {"topics": [topic]}
    refused = consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    assert (refused.status, refused.json["error_code"]) == (409, 40903)
    assert consumer.call("DELETE", "/subscription").status == 204
    assert consumer.call("POST", "/assignments", {"partitions": [place(topic)]}).status == 204
    refused = consumer.call("POST", "/subscription", {"topics": [topic]})
    assert (refused.status, refused.json["error_code"]) == (409, 40903)


def test_read_everything_and_commit_it(gateway: RunningGateway, topic: str, group: str) -> None:
    """Cases 46 and 48: no gap, values embedded digit by digit, the commit is last + 1."""
    big = 12345678901234567890123
    gateway.produce(
        topic, '{"records":[' + ",".join(f'{{"value":{big + n}}}' for n in range(500)) + "]}"
    )
    consumer = json_consumer(gateway, group)
    consumer.call("POST", "/subscription", {"topics": [topic]})
    records = consumer.read_until(500)
    assert list(records[0]) == ["topic", "key", "value", "partition", "offset"]
    assert [record["value"] for record in records] == [big + n for n in range(500)]
    assert [record["offset"] for record in records] == list(range(500))
    commit = consumer.call("POST", "/offsets")
    assert (commit.status, commit.json) == (200, [])
    committed = consumer.call("GET", "/offsets", {"partitions": [place(topic)]})
    assert committed.json == {"offsets": [place(topic, offset=500, metadata="")]}


def test_commit_of_given_offsets(gateway: RunningGateway, topic: str, group: str) -> None:
    """The proxy commits offset + 1, and leaves out partitions without a commit."""
    gateway.produce(topic, '{"records":[{"value":1},{"value":2}]}')
    consumer = json_consumer(gateway, group)
    consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    none = consumer.call("GET", "/offsets", {"partitions": [place(topic)]})
    assert none.json == {"offsets": []}
    assert consumer.call("POST", "/offsets", {"offsets": [place(topic, offset=0)]}).json == []
    committed = consumer.call("GET", "/offsets", {"partitions": [place(topic)]})
    assert committed.json["offsets"][0]["offset"] == 1


@pytest.mark.parametrize("accept", [BINARY_V2, "*/*", V2])
def test_another_format_than_the_consumer_s(
    gateway: RunningGateway, group: str, accept: str
) -> None:
    """Case 47: 406 / 40601."""
    answer = json_consumer(gateway, group).call("GET", "/records", accept=accept)
    assert (answer.status, answer.json["error_code"]) == (406, 40601)


def test_offsets_without_a_body(gateway: RunningGateway, group: str) -> None:
    """Case 49."""
    answer = json_consumer(gateway, group).call("GET", "/offsets")
    assert (answer.status, answer.json["error_code"]) == (404, 40402)


def test_a_deleted_instance_is_unknown(gateway: RunningGateway, group: str) -> None:
    """Case 50."""
    consumer = json_consumer(gateway, group)
    assert consumer.call("DELETE").status == 204
    answer = consumer.call("GET", "/records", accept=JSON_V2)
    assert answer.status == 404
    assert answer.json == {"error_code": 40403, "message": "Consumer instance not found."}


def test_binary_records(gateway: RunningGateway, topic: str, group: str) -> None:
    """Without a format everything is base64; null stays null."""
    gateway.produce(topic, '{"records":[{"key":"aw==","value":"a2Fma2E="},{}]}', BINARY_V2)
    consumer = Consumer(gateway, group, **{"auto.offset.reset": "earliest"})
    consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    records = consumer.read_until(2, "*/*")
    assert [(r["key"], r["value"]) for r in records] == [("aw==", "a2Fma2E="), (None, None)]


def test_bytes_that_are_not_json(gateway: RunningGateway, topic: str, group: str) -> None:
    """408 / 40801 names the record."""
    gateway.produce(topic, '{"records":[{"value":"/w=="}]}', BINARY_V2)
    consumer = json_consumer(gateway, group)
    consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    answers: list[Answer] = []

    def refused() -> bool:
        answers.append(consumer.call("GET", "/records", accept=JSON_V2))
        return answers[-1].status != 200

    eventually("the refusal", refused)
    assert (answers[-1].status, answers[-1].json["error_code"]) == (408, 40801)
    assert "offset 0" in answers[-1].json["message"]


def test_positions(gateway: RunningGateway, topic: str, group: str) -> None:
    """Seek to an offset, the beginning, the end, and a time; not on a foreign partition."""
    gateway.produce(topic, '{"records":[{"value":0},{"value":1},{"value":2}]}')
    consumer = json_consumer(gateway, group)
    consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    assert consumer.call("GET", "/assignments").json == {"partitions": [place(topic)]}
    seek = consumer.call("POST", "/positions", {"offsets": [place(topic, offset=2)]})
    assert seek.status == 204, seek.body
    assert [record["value"] for record in consumer.read_until(1)] == [2]
    both = {"partitions": [place(topic)]}
    assert consumer.call("POST", "/positions/beginning", both).status == 204
    assert [record["value"] for record in consumer.read_until(3)] == [0, 1, 2]
    past = {"timestamps": [place(topic, timestamp="2021-01-01T00:00:00Z")]}
    assert consumer.call("POST", "/positions", past).status == 204
    assert [record["value"] for record in consumer.read_until(3)] == [0, 1, 2]
    assert consumer.call("POST", "/positions/end", both).status == 204
    assert consumer.read() == []
    foreign = consumer.call("POST", "/positions", {"offsets": [place("else", offset=0)]})
    assert (foreign.status, foreign.json["error_code"]) == (409, 40903)


def test_a_pattern_follows_matching_topics(gateway: RunningGateway, topic: str, group: str) -> None:
    """`topic_pattern` must match the whole name, as Java's matcher does."""
    gateway.produce(topic, '{"records":[{"value":7}]}')
    consumer = json_consumer(gateway, group)
    pattern = f"{topic[:12]}\\.(pin|geo)"
    assert consumer.call("POST", "/subscription", {"topic_pattern": pattern}).status == 204
    assert [record["value"] for record in consumer.read_until(1)] == [7]
    assert consumer.call("GET", "/subscription").json == {"topics": [topic]}
    bad = consumer.call("POST", "/subscription", {"topic_pattern": "("})
    assert bad.status == 422


def test_max_bytes_splits_what_is_read(gateway: RunningGateway, topic: str, group: str) -> None:
    """Records over max_bytes come with the next read; one alone comes nevertheless."""
    gateway.produce(topic, '{"records":[{"value":"aaaaaaaa"},{"value":"bbbbbbbb"}]}')
    consumer = json_consumer(gateway, group)
    consumer.call("POST", "/assignments", {"partitions": [place(topic)]})
    reads: list[list[dict[str, Any]]] = []

    def both() -> bool:
        answer = consumer.call("GET", "/records?max_bytes=12&timeout=500", accept=JSON_V2)
        reads.append(answer.json)
        return sum(map(len, reads)) == 2

    eventually("both records", both)
    assert [len(read) for read in reads if read] == [1, 1]
