"""How far a table is behind its stream, also when the stream is no longer the one that was read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.aws import kinesis_client
from services.settings import Settings
from services.tables import BY_NAME
from spark_jobs.lake import speed_tier
from spark_jobs.speed.backlog import Backlog, Backlogs
from tests.support.kinesis import kinesis_under_test

PIN = BY_NAME["pin"]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A lake without tables, and a Kinesis without streams."""
    with kinesis_under_test(tmp_path / "kinesis") as kinesis:
        yield Settings(
            state_dir=tmp_path / "state",
            aws_endpoint_url=kinesis.url,
            aws_access_key_id=SecretStr("test"),
            aws_secret_access_key=SecretStr("test"),
        )


def _put(settings: Settings, value: bytes) -> dict[str, Any]:
    """Put a record; where it is, and when it came."""
    client, stream = kinesis_client(settings), PIN.stream(settings.user_id)
    put = client.put_record(StreamName=stream, Data=value, PartitionKey="k")
    iterator = client.get_shard_iterator(
        StreamName=stream,
        ShardId=put["ShardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=put["SequenceNumber"],
    )["ShardIterator"]
    (record,) = client.get_records(ShardIterator=iterator)["Records"]
    return {"shard": put["ShardId"], **record}


def _commit(settings: Settings, record: dict[str, Any]) -> None:
    """The query has read up to this record."""
    arrival = round(record["ApproximateArrivalTimestamp"].timestamp() * 1000)
    position = {"after": record["SequenceNumber"], "at": arrival, "closed": False}
    shards = {record["shard"]: position}
    offset = {"streams": {PIN.stream(settings.user_id): {"created": 1, "shards": shards}}}
    checkpoint = speed_tier(settings, PIN).checkpoint
    for name, text in {
        "metadata": json.dumps({"id": "6c0a1e1c-0000-4000-8000-000000000000"}),
        "offsets/0": f"v1\n{{}}\n{json.dumps(offset)}",
        "commits/0": "v1\n{}",
    }.items():
        (checkpoint / name).parent.mkdir(parents=True, exist_ok=True)
        (checkpoint / name).write_text(text)


def _backlog(settings: Settings) -> Backlog:
    return next(found for found in Backlogs(settings).all() if found.table == PIN.name)


def test_a_stream_that_is_gone_has_nothing_to_wait_for(settings: Settings) -> None:
    """What is in no stream cannot be awaited."""
    assert _backlog(settings).covers(datetime.now(UTC))


def test_a_stream_made_anew_is_waited_for_by_time(settings: Settings) -> None:
    """The checkpoint's number says nothing of another stream; its time does."""
    client, stream = kinesis_client(settings), PIN.stream(settings.user_id)
    client.create_stream(StreamName=stream, ShardCount=1)
    client.get_waiter("stream_exists").wait(StreamName=stream)
    old = _put(settings, b"old")
    _commit(settings, {**old, "SequenceNumber": "1"})
    assert _backlog(settings).covers(datetime.now(UTC))
    new = _put(settings, b"new")
    waiting = _backlog(settings).waiting
    assert waiting == {new["shard"]: new["ApproximateArrivalTimestamp"].astimezone(UTC)}
