"""AWS's contract over HTTP with boto3: limits, errors, names, pages."""

from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from tests.support.kinesis import KinesisUnderTest
from tests.support.streams import read_stream

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

SHARD = "shardId-000000000000"


@pytest.fixture
def stream(kinesis: "KinesisClient") -> str:
    """An empty stream of one shard."""
    kinesis.create_stream(StreamName="s", ShardCount=1)
    return "s"


def _refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_bytes_come_back_as_they_were_sent(kinesis: "KinesisClient", stream: str) -> None:
    """Emoji, digits beyond 64 bits and empty data among them (case 6)."""
    sent = ['{"a":"🎉","n":[[1234567890123456789012345]]}'.encode(), b"", bytes(range(256))]
    for data in sent:
        kinesis.put_record(StreamName=stream, Data=data, PartitionKey="🎉")
    assert [row.data for row in read_stream(kinesis, stream)] == sent


@pytest.mark.parametrize("key", [None, "", "k" * 257])
def test_a_record_without_a_proper_key_is_not_stored(
    kinesis: "KinesisClient", stream: str, key: str | None
) -> None:
    """ValidationException, for one record and for a batch with one such (case 8)."""
    row: dict[str, Any] = {"Data": b"x", **({} if key is None else {"PartitionKey": key})}
    code, message = _refusal(kinesis.put_record, StreamName=stream, **row)
    assert code == "ValidationException"
    assert "at 'partitionKey' failed to satisfy constraint" in message
    good = {"Data": b"x", "PartitionKey": "k"}
    code, message = _refusal(kinesis.put_records, StreamName=stream, Records=[good, row])
    assert code == "ValidationException"
    assert "records.2.member.partitionKey" in message
    assert read_stream(kinesis, stream) == []


def test_a_record_has_one_mebibyte_with_its_key(kinesis: "KinesisClient", stream: str) -> None:
    """The last byte decides (case 13)."""
    data = b"x" * (1_048_576 - 1)
    kinesis.put_record(StreamName=stream, Data=data, PartitionKey="k")
    code, _ = _refusal(kinesis.put_record, StreamName=stream, Data=data, PartitionKey="kk")
    assert code == "ValidationException"
    assert [row.data for row in read_stream(kinesis, stream)] == [data]


@pytest.mark.parametrize(("count", "taken"), [(0, False), (500, True), (501, False)])
def test_a_batch_has_up_to_500_records(
    kinesis: "KinesisClient", stream: str, count: int, *, taken: bool
) -> None:
    """None, or over 500, is refused as a whole (case 18)."""
    rows: Any = [{"Data": b"x", "PartitionKey": str(number)} for number in range(count)]
    if taken:
        answers = kinesis.put_records(StreamName=stream, Records=rows)
        assert answers["FailedRecordCount"] == 0
        assert len(read_stream(kinesis, stream)) == count
    else:
        code, _ = _refusal(kinesis.put_records, StreamName=stream, Records=rows)
        assert code == "ValidationException"


def test_ten_mebibytes_go_in_and_come_out(kinesis: "KinesisClient", stream: str) -> None:
    """A batch of the greatest size is taken, and one answer gives no more than that back."""
    row = {"Data": b"x" * (1_048_576 - 1), "PartitionKey": "k"}
    rows: Any = [row] * 10
    for _ in range(2):
        kinesis.put_records(StreamName=stream, Records=rows)
    code, message = _refusal(kinesis.put_records, StreamName=stream, Records=[*rows, row])
    assert (code, "10 MiB" in message) == ("InvalidArgumentException", True)
    where = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON"
    )
    first = kinesis.get_records(ShardIterator=where["ShardIterator"])
    assert len(first["Records"]) == 10
    assert len(kinesis.get_records(ShardIterator=first["NextShardIterator"])["Records"]) == 10


def test_streams_are_made_listed_described_and_deleted(kinesis: "KinesisClient") -> None:
    """With AWS's errors for what is there already and what is not (cases 21 to 24 and 26)."""
    for name in ("c", "a", "b"):
        kinesis.create_stream(StreamName=name, ShardCount=2)
    page = kinesis.list_streams(Limit=2)
    assert (page["StreamNames"], page["HasMoreStreams"]) == (["a", "b"], True)
    assert kinesis.list_streams(NextToken=page["NextToken"])["StreamNames"] == ["c"]
    described = kinesis.describe_stream(StreamName="a")["StreamDescription"]
    assert (described["StreamStatus"], described["RetentionPeriodHours"]) == ("ACTIVE", 24)
    assert described["StreamARN"] == "arn:aws:kinesis:us-east-1:000000000000:stream/a"
    assert len(described["Shards"]) == 2
    code, message = _refusal(kinesis.create_stream, StreamName="a", ShardCount=1)
    assert (code, "already exists" in message) == ("ResourceInUseException", True)
    kinesis.delete_stream(StreamARN=described["StreamARN"])
    assert _refusal(kinesis.delete_stream, StreamName="a") == (
        "ResourceNotFoundException",
        "Stream a under account 000000000000 not found.",
    )


def test_a_stream_has_a_proper_name(kinesis: "KinesisClient") -> None:
    """Case 25: the emulator would make it."""
    code, message = _refusal(kinesis.create_stream, StreamName="bad name!", ShardCount=1)
    assert (code, "[a-zA-Z0-9_.-]+" in message) == ("ValidationException", True)


@pytest.mark.parametrize("text", ["abc", "a" * 200, "AAAA"])
def test_a_foreign_iterator_is_refused(kinesis: "KinesisClient", text: str) -> None:
    """400, not 500 (case 28)."""
    assert _refusal(kinesis.get_records, ShardIterator=text) == (
        "InvalidArgumentException",
        "Invalid ShardIterator.",
    )


def test_every_kind_of_iterator_begins_where_it_says(kinesis: "KinesisClient", stream: str) -> None:
    """At and after a number, at a time, at the oldest and after the newest record (case 27)."""
    puts = [
        kinesis.put_record(StreamName=stream, Data=b"%d" % number, PartitionKey="k")
        for number in range(5)
    ]
    stored = read_stream(kinesis, stream)
    assert [row.sequence_number for row in stored] == [put["SequenceNumber"] for put in puts]
    number = puts[2]["SequenceNumber"]
    first_at_third = min(i for i, row in enumerate(stored) if row.arrival >= stored[2].arrival)
    starts: list[tuple[int, dict[str, Any]]] = [
        (0, {"ShardIteratorType": "TRIM_HORIZON"}),
        (2, {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": number}),
        (3, {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": number}),
        (first_at_third, {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": stored[2].arrival}),
        (5, {"ShardIteratorType": "LATEST"}),
    ]
    for start, where in starts:
        iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=SHARD, **where)
        told = kinesis.get_records(ShardIterator=iterator["ShardIterator"])
        assert [row["Data"] for row in told["Records"]] == [row.data for row in stored[start:]]
        assert told["MillisBehindLatest"] == 0


def test_a_limit_of_records_is_kept_and_one_too_high_refused(
    kinesis: "KinesisClient", stream: str
) -> None:
    """Up to 10,000; what is left out is told as a distance in time."""
    rows: Any = [{"Data": b"x", "PartitionKey": "k"}] * 3
    kinesis.put_records(StreamName=stream, Records=rows)
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=SHARD, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    assert len(kinesis.get_records(ShardIterator=iterator, Limit=2)["Records"]) == 2
    for limit in (0, 10_001):
        code, _ = _refusal(kinesis.get_records, ShardIterator=iterator, Limit=limit)
        assert code == "ValidationException"


def test_shards_are_listed_in_pages_and_filtered(kinesis: "KinesisClient") -> None:
    """A token leads on, a filter chooses among open and closed shards."""
    kinesis.create_stream(StreamName="four", ShardCount=4)
    page = kinesis.list_shards(StreamName="four", MaxResults=3)
    rest = kinesis.list_shards(NextToken=page["NextToken"])
    ids = [shard["ShardId"] for shard in [*page["Shards"], *rest["Shards"]]]
    assert ids == [f"shardId-{number:012d}" for number in range(4)]
    kinesis.merge_shards(StreamName="four", ShardToMerge=ids[1], AdjacentShardToMerge=ids[2])
    opened = kinesis.list_shards(StreamName="four", ShardFilter={"Type": "AT_LATEST"})["Shards"]
    assert [shard["ShardId"] for shard in opened] == [ids[0], ids[3], "shardId-000000000004"]
    assert opened[2]["ParentShardId"] == ids[1]
    assert opened[2]["AdjacentParentShardId"] == ids[2]
    every = kinesis.list_shards(StreamName="four", ShardFilter={"Type": "FROM_TRIM_HORIZON"})
    closed = [s for s in every["Shards"] if "EndingSequenceNumber" in s["SequenceNumberRange"]]
    assert [shard["ShardId"] for shard in closed] == ids[1:3]
    after = kinesis.list_shards(
        StreamName="four", ShardFilter={"Type": "AFTER_SHARD_ID", "ShardId": ids[2]}
    )
    assert [shard["ShardId"] for shard in after["Shards"]] == [ids[3], "shardId-000000000004"]


def test_retention_and_tags_are_kept(kinesis: "KinesisClient", stream: str) -> None:
    """What is set is told again; what makes no sense is refused."""
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    code, _ = _refusal(
        kinesis.increase_stream_retention_period, StreamName=stream, RetentionPeriodHours=24
    )
    assert code == "InvalidArgumentException"
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"a": "1", "b": "2"})
    kinesis.remove_tags_from_stream(StreamName=stream, TagKeys=["a"])
    assert kinesis.list_tags_for_stream(StreamName=stream)["Tags"] == [{"Key": "b", "Value": "2"}]
    summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    assert (summary["RetentionPeriodHours"], summary["OpenShardCount"]) == (48, 1)


@pytest.mark.parametrize(
    ("target", "body", "name"),
    [
        ("Kinesis_20131202.PutRecord", b"{", "SerializationException"),
        ("Kinesis_20131202.Nothing", b"{}", "UnknownOperationException"),
        ("DynamoDB_20120810.ListTables", b"{}", "UnknownOperationException"),
        ("", b"{}", "UnknownOperationException"),
    ],
)
def test_what_is_no_request_of_kinesis_is_told(
    under_test: KinesisUnderTest, target: str, body: bytes, name: str
) -> None:
    """400 with the protocol's error shape."""
    answer = urllib3.request("POST", under_test.url, body=body, headers={"X-Amz-Target": target})
    assert answer.status == 400
    assert answer.json()["__type"] == name
