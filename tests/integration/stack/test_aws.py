"""The AWS emulator keeps its state over `kill -9`."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.aws import kinesis_client, s3_client
from services.stack.scratch import ScratchStack, scratch_stack
from tests.support.polling import eventually


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """A stack of the emulator alone, to be killed."""
    with scratch_stack(tmp_path_factory.mktemp("aws"), {"aws"}) as stack:
        yield stack


@pytest.mark.parametrize("victim", ["gate", "emulator"])
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
    """Kill the gate or the emulator behind it, and wait until the supervisor has brought both back."""
    gate = stack.process("aws")
    (emulator,) = gate.children()
    os.kill(gate.pid if victim == "gate" else emulator.pid, signal.SIGKILL)
    eventually("a new gate", lambda: _new_pid(stack, gate.pid))
    stack.stack.start("aws", stack.report)


def _new_pid(stack: ScratchStack, before: int) -> bool:
    return any(row.name == "aws" and row.pid not in {0, before} for row in stack.stack.status())


def test_the_pidfile_of_the_emulator_goes_with_it(aws: ScratchStack, tmp_path: Path) -> None:
    """A clean stop leaves no pid file that a later start could mistake for a living emulator."""
    pidfile = aws.layout.data / "aws" / "recording.pid"
    assert pidfile.exists()
    aws.stack.stop("aws")
    assert not pidfile.exists()
    aws.stack.start("aws", aws.report)
