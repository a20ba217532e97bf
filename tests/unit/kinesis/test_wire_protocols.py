"""What CBOR says of a request is what JSON says of it, in AWS' own dialect."""

import base64
import json
from pathlib import Path
from typing import Any

import cbor2
import msgspec
import pytest

from services.kinesis.actions.dispatch import carry_out
from services.kinesis.engine import Engine
from services.kinesis.wire_protocols import CBOR, JSON, protocol_of
from services.records.kinesis_api import KinesisError


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine with one stream of one shard."""
    made = Engine(tmp_path)
    _ask(made, "CreateStream", {"StreamName": "s", "ShardCount": 1})
    return made


def _ask(engine: Engine, action: str, fields: dict[str, Any]) -> Any:
    """A response that came by CBOR; milliseconds where a time is."""
    body, commits = carry_out(engine, action, cbor2.dumps(fields), CBOR)
    for commit in commits:
        commit.sync()
    return cbor2.loads(body, semantic_decoders={1: lambda ms, _: ("ms", ms)}) if body else None


def test_records_come_and_go_as_bytes(engine: Engine) -> None:
    """No base64; the time of arrival is in milliseconds behind tag 1, as AWS' SDKs read it."""
    data = bytes(range(256))
    put = _ask(engine, "PutRecord", {"StreamName": "s", "PartitionKey": "é", "Data": data})
    iterator = _ask(
        engine,
        "GetShardIterator",
        {"StreamName": "s", "ShardId": put["ShardId"], "ShardIteratorType": "TRIM_HORIZON"},
    )
    (record,) = _ask(engine, "GetRecords", iterator)["Records"]
    assert (record["Data"], record["PartitionKey"]) == (data, "é")
    assert record["SequenceNumber"] == put["SequenceNumber"]
    unit, arrived = record["ApproximateArrivalTimestamp"]
    assert unit == "ms"
    assert abs(arrived - engine.now_ms()) < 60_000
    assert isinstance(arrived, int)


def test_a_time_in_a_request_is_read_in_milliseconds(engine: Engine) -> None:
    """AT_TIMESTAMP finds what came after that moment, and nothing before it."""
    _ask(engine, "PutRecord", {"StreamName": "s", "PartitionKey": "k", "Data": b"1"})
    later = engine.now_ms() + 1
    engine.now_ms = lambda: later + 1
    for at, found in ((later - 60_000, 1), (later, 0)):
        fields = {
            "StreamName": "s",
            "ShardId": "shardId-000000000000",
            "ShardIteratorType": "AT_TIMESTAMP",
            "Timestamp": cbor2.CBORTag(1, at),
        }
        records = _ask(engine, "GetRecords", _ask(engine, "GetShardIterator", fields))["Records"]
        assert len(records) == found


def test_maps_and_lists_without_a_length_are_read(engine: Engine) -> None:
    """Java's generator writes them so: it does not know the length before the end."""
    record = b"\xbf\x64Data\x42hi\x6cPartitionKey\x61k\xff"
    body = b"\xbf\x6aStreamName\x61s\x67Records\x9f" + record + record + b"\xff\xff"
    answer = cbor2.loads(carry_out(engine, "PutRecords", body, CBOR).body)
    assert answer["FailedRecordCount"] == 0
    assert len(answer["Records"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"\xa1\x64Data",
        b'{"StreamName":"s"}',
        cbor2.dumps({"StreamName": "s", "Data": "text", "PartitionKey": "k"}),
        cbor2.dumps({"StreamName": "s", "Data": cbor2.CBORTag(1, "x"), "PartitionKey": "k"}),
        cbor2.dumps([1]),
        b"\x81" * 100_000,
        b"\xd8\x1d\x00",
        b"\xa1\x6aStreamName\x62\xff\xff",
    ],
    ids=["empty", "break", "cut", "json", "no bytes", "no time", "list", "deep", "shared", "utf-8"],
)
def test_what_is_no_request_is_refused(engine: Engine, body: bytes) -> None:
    """By the error that AWS gives, never as a failure of the service."""
    with pytest.raises(KinesisError) as refused:
        carry_out(engine, "PutRecord", body, CBOR)
    assert refused.value.type_name in {"SerializationException", "ValidationException"}


def test_both_encodings_say_the_same(engine: Engine) -> None:
    """Of a stream's description: times in seconds there, in milliseconds here."""
    described = _ask(engine, "DescribeStreamSummary", {"StreamName": "s"})[
        "StreamDescriptionSummary"
    ]
    body = carry_out(engine, "DescribeStreamSummary", b'{"StreamName":"s"}').body
    in_json = json.loads(body)["StreamDescriptionSummary"]
    unit, created = described.pop("StreamCreationTimestamp")
    assert (unit, created) == ("ms", round(in_json.pop("StreamCreationTimestamp") * 1000))
    assert described == in_json


def test_the_encoding_is_that_of_the_content_type() -> None:
    """With parameters or without; whatever is not CBOR is read as JSON."""
    assert protocol_of(b"application/x-amz-cbor-1.1") is CBOR
    assert protocol_of(b"application/x-amz-cbor-1.1; charset=utf-8") is CBOR
    assert {protocol_of(each) for each in (b"", b"application/x-amz-json-1.1", b"x/y")} == {JSON}


def test_bytes_in_json_are_base64() -> None:
    """As they always were."""

    class Request(msgspec.Struct, rename="pascal"):
        data: bytes

    body = json.dumps({"Data": base64.b64encode(b"\xff").decode()}).encode()
    assert JSON.read(body, Request) == Request(b"\xff")
