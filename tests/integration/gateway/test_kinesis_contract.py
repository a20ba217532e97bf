"""Cases 1 to 29 of the Kinesis proxy's contract; 20 and 30 are in the files on faults."""

import json
import re
from typing import Any

import pytest

from tests.integration.gateway.running import Answer, RunningGateway
from tests.integration.gateway.streams import project_stream, stored, values

MIB = 1024 * 1024
ONE = {"Data": {"index": 1}, "PartitionKey": "p"}
NOT_FOUND = "ResourceNotFoundException"
VALIDATION = "ValidationException"
SERIALIZATION = "SerializationException"


@pytest.fixture
def stream(proxy: RunningGateway) -> str:
    """A stream with one shard and no record, of a name that is not made on first use."""
    name = f"course-{project_stream()}"
    assert proxy.call("POST", f"/prod/streams/{name}", '{"ShardCount":1}').status == 200
    return name


def error(answer: Answer) -> tuple[int, str]:
    """Status and Kinesis' name of an error."""
    return answer.status, answer.json["__type"]


def assert_stored(proxy: RunningGateway, stream: str, answer: Answer) -> None:
    """The answer is PutRecord's, and the stream holds one record at that very place."""
    assert answer.status == 200, answer.body
    assert set(answer.json) == {"ShardId", "SequenceNumber"}
    assert re.fullmatch(r"shardId-\d{12}", answer.json["ShardId"])
    assert re.fullmatch(r"\d+", answer.json["SequenceNumber"])
    ((shard, number, _, data),) = stored(proxy.settings, stream)
    assert (shard, number) == (answer.json["ShardId"], answer.json["SequenceNumber"])
    assert json.loads(data) == ONE["Data"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/prod/streams/{}/record"),
        ("POST", "/prod/streams/{}/record"),
        ("PUT", "//test///streams/{}/record//"),
        ("PUT", "/streams/{}/record"),
        ("PUT", "/streams/streams/{}/record"),
        ("PUT", "/prod/streams/record?stream-name={}"),
        ("POST", "/streams/record?stream-name={}"),
    ],
)
def test_a_record(proxy: RunningGateway, stream: str, method: str, path: str) -> None:
    """Cases 1, 2 and 4: any stage, any number of slashes, the name in the path or in the query."""
    answer = proxy.call(method, path.format(stream), json.dumps(ONE), "application/json")
    assert_stored(proxy, stream, answer)


def test_the_path_s_stream_wins(proxy: RunningGateway, stream: str) -> None:
    """Case 3: a StreamName in the body is never read."""
    body = {"StreamName": project_stream(), **ONE}
    assert_stored(proxy, stream, proxy.put(f"{stream}/record", body))


@pytest.mark.parametrize("content_type", [None, "application/json; charset=utf-8"])
def test_a_content_type_of_json_or_none(
    proxy: RunningGateway, stream: str, content_type: str | None
) -> None:
    """Case 15, the half that works."""
    assert_stored(proxy, stream, proxy.put(f"{stream}/record", ONE, content_type))


def test_another_content_type(proxy: RunningGateway, stream: str) -> None:
    """Case 15: API Gateway's 415."""
    answer = proxy.put(f"{stream}/record", ONE, "text/xml")
    assert (answer.status, answer.json) == (415, {"message": "Unsupported Media Type"})
    assert not values(proxy.settings, stream)


@pytest.mark.parametrize(
    "data",
    [
        '{"a": 1}',
        '"some data"',
        '"c29tZSBkYXRh"',
        "1234567890123456789012345",
        "1.10",
        "null",
        "[[1,[2]],{}]",
        '"😀 \\u00e9 \\"q\\" \\u0000"',
        '""',
        "true",
    ],
)
def test_the_json_text_of_data_is_stored(proxy: RunningGateway, stream: str, data: str) -> None:
    """Cases 5 and 6: byte for byte as the client wrote it; a text with its quotes."""
    body = f'{{"Data":{data},"PartitionKey":"p"}}'.encode()
    assert proxy.put(f"{stream}/record", body).status == 200
    assert values(proxy.settings, stream) == [data.encode()]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"PartitionKey": "p"}, VALIDATION),
        ({"Data": 1}, VALIDATION),
        ({"Data": 1, "PartitionKey": ""}, VALIDATION),
        ({"Data": 1, "PartitionKey": None}, VALIDATION),
        ({"Data": 1, "PartitionKey": "k" * 257}, VALIDATION),
        ({"Data": 1, "PartitionKey": {"a": 1}}, SERIALIZATION),
        (b"{", SERIALIZATION),
        (b"", SERIALIZATION),
        (b"  ", SERIALIZATION),
        (b"[]", SERIALIZATION),
        (b"null", SERIALIZATION),
        (b"NaN", SERIALIZATION),
        (b'{"Data":1,"PartitionKey":"p"} x', SERIALIZATION),
        (b'{"Data":"\xff","PartitionKey":"p"}', SERIALIZATION),
        (b'{"Data":1,"PartitionKey":"\\ud800"}', SERIALIZATION),
        (b'{"Data":' + b"[" * 100_000 + b"]" * 100_000 + b',"PartitionKey":"p"}', SERIALIZATION),
    ],
)
def test_a_body_that_is_no_record(
    proxy: RunningGateway, stream: str, body: object, kind: str
) -> None:
    """Cases 7, 8 and 10: 400 in Kinesis' words, and nothing is stored."""
    answer = proxy.put(f"{stream}/record", body)
    assert error(answer) == (400, kind)
    assert answer.json["message"]
    assert not values(proxy.settings, stream)


@pytest.mark.parametrize(("key", "text"), [(7, "7"), (1.5, "1.5"), ("é" * 256, "é" * 256)])
def test_a_partition_key_is_text(
    proxy: RunningGateway, stream: str, key: object, text: str
) -> None:
    """Case 9: a number counts as it was written; 256 characters are the most."""
    assert proxy.put(f"{stream}/record", {"Data": 1, "PartitionKey": key}).status == 200
    assert [row[2] for row in stored(proxy.settings, stream)] == [text]


def test_an_unknown_stream(proxy: RunningGateway) -> None:
    """Case 11: names outside the project's pattern are not made."""
    answer = proxy.put("nobodys/record", ONE)
    assert error(answer) == (400, NOT_FOUND)
    assert answer.json["message"] == "Stream nobodys under account 000000000000 not found."


@pytest.mark.parametrize("suffix", ["-x", "/record/x", "%0A"])
def test_a_name_like_the_project_s_is_not_the_project_s(proxy: RunningGateway, suffix: str) -> None:
    """The pattern holds for the whole name."""
    assert proxy.put(f"{project_stream()}{suffix}/record", ONE).status in {400, 403}


def test_a_new_stream_of_the_project(proxy: RunningGateway) -> None:
    """Case 12: made with the settings' shards by its first record."""
    stream = project_stream()
    assert_stored(proxy, stream, proxy.put(f"{stream}/record", ONE))
    shards = proxy.call("GET", f"/prod/streams/{stream}").json["StreamDescription"]["Shards"]
    assert len(shards) == proxy.settings.stream_shards


def test_a_deleted_stream_of_the_project_is_made_again(proxy: RunningGateway) -> None:
    """Deleted behind the gateway's back or through it: the next record finds a stream."""
    stream = project_stream()
    proxy.put(f"{stream}/record", {"Data": "old", "PartitionKey": "p"})
    assert proxy.call("DELETE", f"/prod/streams/{stream}").status == 200
    assert_stored(proxy, stream, proxy.put(f"{stream}/record", ONE))


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
def test_the_largest_record(proxy: RunningGateway, stream: str, more: int, status: int) -> None:
    """Case 13: data and key together are 1 MiB at most."""
    data = "x" * (MIB - len('""') - len("key") + more)
    answer = proxy.put(f"{stream}/record", {"Data": data, "PartitionKey": "key"})
    assert answer.status == status
    assert len(values(proxy.settings, stream)) == (status == 200)


def test_the_largest_body(proxy: RunningGateway, stream: str) -> None:
    """Case 14: API Gateway's 413."""
    answer = proxy.put(f"{stream}/record", b'{"Data":"' + b"x" * (10 * MIB) + b'"}')
    assert answer.status == 413
    assert answer.json == {"message": "HTTP content length exceeded 10485760 bytes."}
    assert answer.headers["x-amzn-ErrorType"] == "RequestTooLargeException"


@pytest.mark.parametrize("path", ["{}/records", "records?stream-name={}"])
@pytest.mark.parametrize(
    "names", [("records", "data", "partition-key"), ("Records", "Data", "PartitionKey")]
)
def test_several_records(
    proxy: RunningGateway, stream: str, names: tuple[str, str, str], path: str
) -> None:
    """Cases 16, 17 and 19: texts without quotes, the rest as JSON text, entries in order."""
    records, data, key = names
    sent: list[Any] = ["é x", {"a": [1]}, 5, "", None]
    body = {records: [{data: each, key: str(place)} for place, each in enumerate(sent)]}
    answer = proxy.put(path.format(stream), body)
    assert answer.status == 200, answer.body
    assert answer.json["FailedRecordCount"] == 0
    found = stored(proxy.settings, stream)
    assert [row[:2] for row in found] == [
        (entry["ShardId"], entry["SequenceNumber"]) for entry in answer.json["Records"]
    ]
    assert [row[2:] for row in found] == [
        ("0", "é x".encode()),
        ("1", b'{"a": [1]}'),
        ("2", b"5"),
        ("3", b""),
        ("4", b"null"),
    ]


@pytest.mark.parametrize(("count", "status"), [(500, 200), (501, 400), (0, 400)])
def test_how_many_records(proxy: RunningGateway, stream: str, count: int, status: int) -> None:
    """Case 18."""
    records = [{"data": str(number), "partition-key": "p"} for number in range(count)]
    answer = proxy.put(f"{stream}/records", {"records": records})
    assert answer.status == status
    expected = [str(number).encode() for number in range(count)] if status == 200 else []
    assert values(proxy.settings, stream) == expected


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, VALIDATION),
        ({"records": [{"data": "x", "partition-key": "p"}, {"data": "y"}]}, VALIDATION),
        ({"records": [{"data": "x", "partition-key": "p"}, {"partition-key": "y"}]}, VALIDATION),
        ({"records": [{"data": "x" * MIB, "partition-key": "p"}]}, VALIDATION),
        ({"records": {"data": "x"}}, SERIALIZATION),
        ({"records": [1]}, SERIALIZATION),
    ],
)
def test_a_fault_of_one_record_refuses_all(
    proxy: RunningGateway, stream: str, body: object, kind: str
) -> None:
    """As Kinesis has it; nothing is stored."""
    assert error(proxy.put(f"{stream}/records", body)) == (400, kind)
    assert not values(proxy.settings, stream)


def test_a_request_of_more_than_a_call(proxy: RunningGateway, stream: str) -> None:
    """9 MiB in one request take more than one PutRecords, and one answer."""
    records = [{"data": "x" * (900 * 1024), "partition-key": str(number)} for number in range(10)]
    answer = proxy.put(f"{stream}/records", {"records": records})
    assert answer.status == 200, answer.body
    assert len(answer.json["Records"]) == len(values(proxy.settings, stream)) == 10


def test_listing_and_describing(proxy: RunningGateway, stream: str) -> None:
    """Cases 21 and 22."""
    listed = proxy.call("GET", "/prod/streams?limit=1000")
    assert listed.status == 200
    assert stream in listed.json["StreamNames"]
    assert listed.json["HasMoreStreams"] is False
    told = proxy.call("GET", f"/prod/streams/{stream}").json["StreamDescription"]
    assert told["StreamStatus"] == "ACTIVE"
    assert told["RetentionPeriodHours"] == 24
    assert len(told["Shards"]) == 1
    assert isinstance(told["StreamCreationTimestamp"], float | int)


@pytest.mark.parametrize(("body", "shards"), [("", 5), ('{"ShardCount":2}', 2)])
def test_creating(proxy: RunningGateway, body: str, shards: int) -> None:
    """Cases 23 and 24: five shards unless the body says otherwise; only once."""
    name = f"made-{project_stream()}"
    created = proxy.call("POST", f"/prod/streams/{name}", body)
    assert (created.status, created.body) == (200, b"")
    told = proxy.call("GET", f"/prod/streams/{name}").json["StreamDescription"]
    assert len(told["Shards"]) == shards
    again = proxy.call("POST", f"/prod/streams/{name}", body)
    assert error(again) == (400, "ResourceInUseException")


@pytest.mark.parametrize("name", ["bad%20name", "x" * 129, "%C3%A9", "a%0Ab"])
@pytest.mark.parametrize(
    ("method", "tail"), [("POST", ""), ("GET", ""), ("DELETE", ""), ("PUT", "/record")]
)
def test_a_name_that_no_stream_can_have(
    proxy: RunningGateway, name: str, method: str, tail: str
) -> None:
    """Case 25, for every operation."""
    body = json.dumps(ONE) if method == "PUT" else None
    assert error(proxy.call(method, f"/prod/streams/{name}{tail}", body)) == (400, VALIDATION)


@pytest.mark.parametrize("count", ["0", "-1", '"x"', "1.5"])
def test_a_shard_count_that_is_none(proxy: RunningGateway, count: str) -> None:
    """400, and no stream."""
    path = f"/prod/streams/counted-{project_stream()}"
    assert proxy.call("POST", path, f'{{"ShardCount":{count}}}').status == 400
    assert error(proxy.call("GET", path)) == (400, NOT_FOUND)


def test_deleting(proxy: RunningGateway, stream: str) -> None:
    """Case 26."""
    deleted = proxy.call("DELETE", f"/prod/streams/{stream}")
    assert (deleted.status, deleted.body) == (200, b"")
    assert error(proxy.call("DELETE", f"/prod/streams/{stream}")) == (400, NOT_FOUND)


@pytest.mark.parametrize("short", [False, True])
def test_reading(proxy: RunningGateway, stream: str, *, short: bool) -> None:
    """Case 27: from the start of a shard, and on from where that ended."""
    name, tail = ("", f"&stream-name={stream}") if short else (f"/{stream}", "")
    proxy.put(f"{stream}/record", ONE)
    shard = "shard-id=shardId-000000000000"
    begun = proxy.call("GET", f"/prod/streams{name}/sharditerator?{shard}{tail}")
    assert begun.status == 200, begun.body
    page = proxy.read(f"{name}/records", begun.json["ShardIterator"]).json
    (record,) = page["Records"]
    assert record["PartitionKey"] == "p"
    assert record["Data"] == "eyJpbmRleCI6IDF9"
    then = proxy.read(f"/{stream}/records", page["NextShardIterator"])
    assert then.json["Records"] == []


@pytest.mark.parametrize("iterator", [None, "abc", "é", "AAAAAAAAAAAAAAAAAAAAAA=="])
def test_an_iterator_that_is_none(proxy: RunningGateway, stream: str, iterator: str | None) -> None:
    """Case 28: 400, never a 500."""
    answer = proxy.read(f"/{stream}/records", iterator)
    kind = VALIDATION if iterator is None else "InvalidArgumentException"
    assert error(answer) == (400, kind)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/prod/streams/s"),
        ("PUT", "/prod/streams/s"),
        ("GET", "/prod/streams/s/record"),
        ("DELETE", "/prod/streams/s/records"),
        ("GET", "/prod/streams/s/else"),
        ("GET", "/prod/streams/s/record/more"),
        ("POST", "/prod/streams"),
        ("GET", "/prod/nothing"),
        ("HEAD", "/prod/streams"),
    ],
)
def test_no_such_resource_or_verb(proxy: RunningGateway, method: str, path: str) -> None:
    """Case 29: API Gateway says the same to both."""
    answer = proxy.call(method, path)
    assert answer.status == 403
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    if method != "HEAD":
        assert answer.json == {"message": "Missing Authentication Token"}


@pytest.mark.parametrize("path", ["/nothing", "/prod/topics/a/b/c/d", "/topics/streams/a/b"])
def test_paths_of_the_rest_proxy_keep_its_404(proxy: RunningGateway, path: str) -> None:
    """Nothing behind a stage, or something that begins like a topic."""
    answer = proxy.call("GET", path)
    assert (answer.status, answer.json["error_code"]) == (404, 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/prod/streams"), ("PATCH", "/streams"), ("PUT", "/prod/streams/none/record")],
)
def test_every_answer_has_a_request_id(proxy: RunningGateway, method: str, path: str) -> None:
    """Success, refusal and Kinesis' errors alike; no two are the same."""
    first, second = proxy.call(method, path), proxy.call(method, path)
    for name in ("x-amzn-RequestId", "x-amz-apigw-id"):
        assert first.headers[name] != second.headers[name]


def test_what_the_gateway_tells_of_kinesis(proxy: RunningGateway, stream: str) -> None:
    """Metrics count records and calls; health names Kafka, which is away here, and not Kinesis."""
    proxy.put(f"{stream}/records", {"records": [{"data": "x", "partition-key": "p"}] * 3})
    page = proxy.call("GET", "/metrics").body.decode()
    assert f'gateway_stream_records_total{{outcome="stored",stream="{stream}"}} 3.0' in page
    assert "gateway_stream_queue_records 0.0" in page
    assert "gateway_inflight_bytes 0.0" in page
    assert set(proxy.call("GET", "/health").json["problems"]) == {"kafka"}


def test_nothing_above_was_unforeseen(proxy: RunningGateway) -> None:
    """The process lives, and no answer came from the last resort."""
    assert proxy.process.poll() is None
    assert "unforeseen" not in proxy.log.read_text()
