"""S3 and Kinesis behind one port, each of which keeps its state over `kill -9`."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from services.aws import kinesis_client, s3_client
from services.stack.native.scratch import ScratchStack, scratch_stack
from services.streams.provision import StreamOptions, provision
from services.tables import TABLES
from tests.support.polling import eventually

ONCE = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """A stack of S3 and Kinesis alone, to be killed."""
    with scratch_stack(tmp_path_factory.mktemp("aws"), {"aws", "kinesis"}) as stack:
        yield stack


@pytest.mark.parametrize("victim", ["gate", "emulator", "kinesis"])
def test_objects_and_records_are_back_after_kill(aws: ScratchStack, victim: str) -> None:
    """After `kill -9`, the first answer that a client gets shows every object and every sequence number."""
    s3, kinesis = s3_client(aws.settings), kinesis_client(aws.settings)
    bucket, stream = f"bucket-{victim}", f"stream-{victim}"
    s3.create_bucket(Bucket=bucket)
    kinesis.create_stream(StreamName=stream, ShardCount=1)
    keys = {f"topics/a+0+{i:010d}.json" for i in range(50)}
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), IfNoneMatch="*")
    put = {
        kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey=str(i))["SequenceNumber"]
        for i in range(50)
    }
    _kill(aws, victim)
    kinesis = kinesis_client(aws.settings)
    listed = s3_client(aws.settings).list_objects_v2(Bucket=bucket)
    assert {row["Key"] for row in listed["Contents"]} == keys
    assert s3.get_object(Bucket=bucket, Key=min(keys))["Body"].read() == min(keys).encode()
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    assert {
        row["SequenceNumber"] for row in kinesis.get_records(ShardIterator=iterator)["Records"]
    } == put


def _kill(stack: ScratchStack, victim: str) -> None:
    """Kill Kinesis, the gate or the emulator behind it, and wait until the supervisor has brought it back."""
    service = "kinesis" if victim == "kinesis" else "aws"
    process = stack.process(service)
    killed = process.children()[0] if victim == "emulator" else process
    os.kill(killed.pid, signal.SIGKILL)
    eventually(f"a new {service}", lambda: _new_pid(stack, service, process.pid))
    stack.stack.start(service, stack.report)


def _new_pid(stack: ScratchStack, service: str, before: int) -> bool:
    return any(row.name == service and row.pid not in {0, before} for row in stack.stack.status())


def test_the_streams_of_the_speed_layer_are_there_after_the_start(aws: ScratchStack) -> None:
    """A start makes the three streams; another one leaves them and their records alone."""
    kinesis, user_id = kinesis_client(aws.settings), aws.settings.user_id
    names = {table.stream(user_id) for table in TABLES}
    assert names <= set(kinesis.list_streams()["StreamNames"])
    name = min(names)
    kinesis.put_record(StreamName=name, Data=b"kept", PartitionKey="k")
    assert provision(kinesis, StreamOptions(user_id, 1, 48)) == []
    summary = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    assert summary["OpenShardCount"] == aws.settings.stream_shards
    assert summary["RetentionPeriodHours"] == 48


def test_kinesis_away_closes_connections_and_leaves_s3_alone(aws: ScratchStack) -> None:
    """Without Kinesis its clients fail at once, not with an emulator's answer, and S3 goes on."""
    aws.stack.stop("kinesis")
    try:
        with pytest.raises(ConnectionClosedError):
            kinesis_client(aws.settings, ONCE).list_streams()
        assert "Buckets" in s3_client(aws.settings).list_buckets()
    finally:
        aws.stack.start("kinesis", aws.report)
    assert "StreamNames" in kinesis_client(aws.settings, ONCE).list_streams()


def test_the_pidfile_of_the_emulator_goes_with_it(aws: ScratchStack, tmp_path: Path) -> None:
    """A clean stop leaves no pid file that a later start could mistake for a living emulator."""
    pidfile = aws.layout.data / "aws" / "recording.pid"
    assert pidfile.exists()
    aws.stack.stop("aws")
    assert not pidfile.exists()
    aws.stack.start("aws", aws.report)
