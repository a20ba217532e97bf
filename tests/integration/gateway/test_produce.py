"""Produce, case by case: contracts/kafka-rest-v2.md, cases 1 to 32, 51 and 52."""

import base64
import csv
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from tests.integration.gateway.running import BINARY_V2, JSON_V2, V2, RunningGateway

ONE = '{"records":[{"value":{"a":1}}]}'
MIB = 1024 * 1024


def test_one_record_is_answered_in_the_proxy_s_shape(gateway: RunningGateway, topic: str) -> None:
    """Case 1: 200, one entry, schema ids null, the proxy's content type."""
    answer = gateway.produce(topic, ONE)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == V2
    assert answer.body == (
        b'{"offsets":[{"partition":0,"offset":0,"error_code":null,"error":null}],'
        b'"key_schema_id":null,"value_schema_id":null}'
    )


def test_three_records_keep_the_request_s_order(gateway: RunningGateway, topic: str) -> None:
    """Case 2: three entries, offsets rising by one, the log in the request's order."""
    answer = gateway.produce(topic, '{"records":[{"value":1},{"value":2},{"value":3}]}')
    assert answer.offsets == [0, 1, 2]
    assert [value for _, value in gateway.records(topic)] == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("content_type", "accept", "status"),
    [
        (f"{JSON_V2}; charset=utf-8", None, 200),  # 3
        ("application/json", None, 415),  # 4
        ("application/vnd.kafka.json.v1+json", None, 415),  # 5
        ("application/octet-stream", None, 415),
        (V2, None, 415),
        (None, None, 415),  # 6
        (JSON_V2, "text/plain", 406),  # 7
        (JSON_V2, f"{V2}, application/json", 200),  # 8
        (JSON_V2, "application/json", 200),
        (JSON_V2, "*/*", 200),
    ],
)
def test_content_types(
    gateway: RunningGateway, topic: str, content_type: str | None, accept: str | None, status: int
) -> None:
    """Cases 3 to 8: what may be sent and asked for; a refusal writes nothing."""
    answer = gateway.call("POST", f"/topics/{topic}", ONE, content_type, accept)
    assert answer.status == status
    assert gateway.log_end(topic) == (status == 200)
    if status == 415:
        assert answer.json["error_code"] == 415
        assert answer.json["message"].startswith("HTTP 415 Unsupported Media Type")
    if status == 406:
        assert answer.body == b""
        assert "Content-Type" not in answer.headers


DEEP = b'{"records":[{"value":' + b"[" * 10_000 + b"]" * 10_000 + b"}]}"


@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        (b"{", 400, 400, ""),  # 9
        (b"[]", 400, 400, "array"),  # 10
        (b"5", 400, 400, "int"),
        (b"", 422, 422, "must not be null"),  # 11
        (b"null", 422, 422, "must not be null"),
        (b"{}", 422, 422, "must not be empty"),  # 12
        (b'{"records":[]}', 422, 422, "must not be empty"),
        (b'{"records":null}', 422, 422, "must not be empty"),
        (b'{"records":[{"value":1,"foo":2}]}', 422, 422, "Unrecognized field: foo"),  # 13
        (b'{"records":[{"value":1}],"x":1}', 422, 422, "Unrecognized field: x"),  # 14
        (b'{"records":[1]}', 400, 400, "int"),  # 15
        (b'{"records":[null]}', 400, 400, "null"),
        (b'{"records":{}}', 400, 400, "object"),
        (b'{"records":[{"value":1,"partition":"x"}]}', 400, 400, "no number"),
        (b'{"records":[{"value":1},{"value":1,"partition":-1}]}', 400, 400, "negative"),  # 29
        (b'{"records":[{"value":1},{"value":"\xff"}]}', 400, 400, "UTF-8"),
        (b'{"records":[{"value":NaN}]}', 400, 400, ""),
        (b'{"records":[{"value":-Infinity}]}', 400, 400, ""),
        (b'{"records":[{"value":1}', 400, 400, "truncated"),
        (b'{"records":[{"value":1}]}}', 400, 400, "trailing"),
        (DEEP, 400, 400, "nested"),
    ],
)
def test_bad_bodies(  # noqa: PLR0913, PLR0917, a row of the table
    gateway: RunningGateway, topic: str, body: bytes, status: int, code: int, message: str
) -> None:
    """Cases 9 to 15 and 29: the proxy's status and code, a message that names the fault, no record."""
    answer = gateway.produce(topic, body)
    assert (answer.status, answer.json["error_code"]) == (status, code)
    assert message in answer.json["message"]
    assert gateway.log_end(topic) == 0


@pytest.mark.parametrize(
    ("record", "key", "value"),
    [
        ('{"value":null}', None, None),  # 16
        ("{}", None, None),
        ('{"value":53.5}', None, b"53.5"),  # 17
        ('{"value":true}', None, b"true"),
        ('{"value":"x"}', None, b'"x"'),
        ('{"value":""}', None, b'""'),
        ('{"value":[]}', None, b"[]"),
        ('{"value":12345678901234567890123}', None, b"12345678901234567890123"),  # 18
        ('{"value":{"a":1.10}}', None, b'{"a":1.10}'),  # 19
        ('{"key":"k","value":1}', b'"k"', b"1"),  # 21
        ('{"value":"🎉 \\ud83d\\ude00"}', None, '"🎉 \\ud83d\\ude00"'.encode()),  # 22
        ('{"value":1,"partition":0}', None, b"1"),
        ('{"value":1,"partition":"0"}', None, b"1"),
    ],
)
def test_json_values_are_the_client_s_own_bytes(
    gateway: RunningGateway, topic: str, record: str, key: bytes | None, value: bytes | None
) -> None:
    """Cases 16 to 22: what the client wrote is what Kafka holds; null is Kafka's null."""
    assert gateway.produce(topic, f'{{"records":[{record}]}}').status == 200
    assert gateway.records(topic) == [(key, value)]


def test_a_pretty_printed_value_stays_equal(gateway: RunningGateway, topic: str) -> None:
    """Case 20: line breaks between tokens reach Kafka; the sink makes one line of them."""
    value = json.dumps({"a": [1, {"b": "ü"}]}, indent=2)
    assert gateway.produce(topic, f'{{"records":[{{"value":{value}}}]}}').status == 200
    ((_, stored),) = gateway.records(topic)
    assert stored is not None
    assert json.loads(stored) == json.loads(value)


@pytest.mark.parametrize(
    ("record", "stored"),
    [
        ('{"value":"a2Fma2E="}', (None, b"kafka")),  # 23
        ('{"value":""}', (None, b"")),
        ('{"value":null}', (None, None)),
        ('{"key":"aw==","value":"a2Fma2E="}', (b"k", b"kafka")),
    ],
)
def test_binary_values_are_decoded(
    gateway: RunningGateway, topic: str, record: str, stored: tuple[bytes | None, bytes | None]
) -> None:
    """Case 23: base64 text becomes its bytes; the empty text is not null."""
    assert gateway.produce(topic, f'{{"records":[{record}]}}', BINARY_V2).status == 200
    assert gateway.records(topic) == [stored]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"!!"', 'Bad Request: data="!!" is not a valid base64 string.'),  # 24
        ('"a2Fma2E"', "is not a valid base64 string."),
        ('"ü"', "is not a valid base64 string."),
        ("1", "Bad Request: data=1 is not a base64 string."),  # 25
        ('{"a":1}', "is not a base64 string."),
    ],
)
def test_a_bad_binary_value_writes_nothing(
    gateway: RunningGateway, topic: str, value: str, message: str
) -> None:
    """Cases 24 and 25: all records are converted before the first is sent."""
    body = f'{{"records":[{{"value":"a2Fma2E="}},{{"value":{value}}},{{"value":null}}]}}'
    answer = gateway.produce(topic, body, BINARY_V2)
    assert (answer.status, answer.json["error_code"]) == (400, 400)
    assert message in answer.json["message"]
    assert gateway.log_end(topic) == 0


def test_the_partition_form_writes_to_that_partition(gateway: RunningGateway) -> None:
    """Case 26: the URL's partition is used, and a record's own wins over it."""
    topic = f"{uuid4().hex[:12]}.geo"
    gateway.create_topic(topic, partitions=3)
    body = '{"records":[{"value":1},{"value":2,"partition":1}]}'
    answer = gateway.call("POST", f"/topics/{topic}/partitions/2", body, JSON_V2)
    assert [entry["partition"] for entry in answer.json["offsets"]] == [2, 1]


def test_keys_are_placed_as_the_java_client_places_them(gateway: RunningGateway) -> None:
    """murmur2 of b'"a"' … over 3 partitions, as Kafka's own Utils.murmur2 gives them."""
    topic = f"{uuid4().hex[:12]}.geo"
    gateway.create_topic(topic, partitions=3)
    keys = ["21", "foobar", "a-little-bit-long-string"]
    records = [{"key": base64.b64encode(key.encode()).decode()} for key in keys]
    answer = gateway.produce(topic, json.dumps({"records": records}), BINARY_V2)
    expected = [(murmur & 0x7FFFFFFF) % 3 for murmur in (-973932308, -790332482, -985981536)]
    assert [entry["partition"] for entry in answer.json["offsets"]] == expected


@pytest.mark.parametrize("partition", ["x", "-1", "1.0"])
def test_a_partition_that_is_no_number_is_an_unknown_path(
    gateway: RunningGateway, topic: str, partition: str
) -> None:
    """Case 27."""
    answer = gateway.call("POST", f"/topics/{topic}/partitions/{partition}", ONE, JSON_V2)
    assert (answer.status, answer.json["error_code"]) == (404, 404)


def test_an_unknown_partition_fails_its_record_alone(gateway: RunningGateway, topic: str) -> None:
    """Case 28: an entry with 50003, the status says failure, the neighbours are stored."""
    begun = time.monotonic()
    answer = gateway.produce(
        topic, '{"records":[{"value":1},{"value":2,"partition":9},{"value":3}]}'
    )
    assert time.monotonic() - begun < 5, "it must not wait for metadata that never comes"
    assert (answer.status, answer.json["error_code"]) == (404, 40402)
    assert [entry["error_code"] for entry in answer.json["offsets"]] == [None, 50003, None]
    assert [value for _, value in gateway.records(topic)] == [b"1", b"3"]


@pytest.mark.parametrize("name", ["nobody", f"{'a' * 12}.pins", "a%20b", "x" * 300, "UPPER.pin"])
def test_an_unknown_topic_is_refused_and_not_created(gateway: RunningGateway, name: str) -> None:
    """Case 30: 404 at once, whatever the broker would create by itself."""
    answer = gateway.produce(name, ONE)
    assert (answer.status, answer.json["error_code"]) == (404, 40403)
    assert name not in gateway.call("GET", "/topics").json


def test_the_first_record_creates_a_topic_of_the_project(gateway: RunningGateway) -> None:
    """Case 31: many first records at once make one topic that keeps its records for ever."""
    topic = f"{uuid4().hex[:12]}.user"
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: gateway.produce(topic, ONE), range(16)))
    assert sorted(answer.offsets[0] for answer in answers) == list(range(16))
    described = gateway.call("GET", f"/topics/{topic}").json
    assert len(described["partitions"]) == gateway.settings.topic_partitions
    assert described["configs"]["retention.ms"] == "-1"


def test_a_record_over_one_mebibyte_fails_alone(gateway: RunningGateway, topic: str) -> None:
    """Case 32: 413; the body says that the neighbours are stored, and they are."""
    long = f'"{"x" * (MIB - 1)}"'
    answer = gateway.produce(
        topic, f'{{"records":[{{"value":1}},{{"value":{long}}},{{"value":3}}]}}'
    )
    assert (answer.status, answer.json["error_code"]) == (413, 413)
    assert [entry["error_code"] for entry in answer.json["offsets"]] == [None, 50002, None]
    assert "1 of 3 records failed" in answer.json["message"]
    assert [value for _, value in gateway.records(topic)] == [b"1", b"3"]


def test_a_long_record_under_the_limit_is_stored(gateway: RunningGateway, topic: str) -> None:
    """1,000 bytes under one mebibyte leave room for Kafka's own framing."""
    answer = gateway.produce(topic, f'{{"records":[{{"value":"{"x" * (MIB - 1000)}"}}]}}')
    assert answer.status == 200


@pytest.mark.skipif("REAL_DATA" not in os.environ, reason="REAL_DATA names no folder of real rows")
def test_real_rows_arrive_unchanged(gateway: RunningGateway, topic: str) -> None:
    """Real pins, with every script and emoji, come back byte for byte and in order."""
    with (Path(os.environ["REAL_DATA"]) / "pinterest_data.csv").open(newline="") as file:
        values = [json.dumps(row, ensure_ascii=False).encode() for row in csv.DictReader(file)]
    for first in range(0, len(values), 100):
        records = b",".join(b'{"value":%s}' % value for value in values[first : first + 100])
        assert gateway.produce(topic, b'{"records":[%s]}' % records).status == 200
    assert [value for _, value in gateway.records(topic)] == values


def test_concurrent_posts_lose_and_double_nothing(gateway: RunningGateway, topic: str) -> None:
    """Case 51: 64 clients, 100 posts each: every offset is returned exactly once."""
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda n: gateway.produce(topic, _numbered(n)), range(6400)))
    assert {answer.status for answer in answers} == {200}
    assert sorted(answer.offsets[0] for answer in answers) == list(range(6400))
    stored = gateway.records(topic)
    for number, answer in enumerate(answers):
        assert stored[answer.offsets[0]] == (None, b'{"n":%d}' % number)


def _numbered(number: int) -> str:
    return f'{{"records":[{{"value":{{"n":{number}}}}}]}}'


@pytest.mark.parametrize(
    "path", ["/prod//topics/{}/", "/topics/{}", "/any-stage/topics/{}", "//topics//topics/{}//"]
)
def test_stages_and_slashes(gateway: RunningGateway, topic: str, path: str) -> None:
    """Case 52: any first segment is a stage; doubled and trailing slashes are nothing."""
    assert gateway.call("POST", path.format(topic), ONE, JSON_V2).status == 200
