"""An answer to a put leaves after the sync that its records were in; requests share syncs; a failed one is told."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.integration.kinesis.conftest import client
from tests.support.kinesis import KinesisUnderTest
from tests.support.streams import read_stream

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

WRITERS, PUTS = 16, 10


class _SlowDisk:
    """A disk whose syncs take a while, and that knows what is on it for certain."""

    def __init__(self) -> None:
        self.synced: dict[Path, bytes] = {}
        self.syncs = 0
        self.failing = False

    def sync(self, descriptor: int) -> None:
        """In the place of `os.fdatasync`."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        held = path.read_bytes()
        time.sleep(0.02)
        if self.failing:
            raise OSError(5, "Input/output error")
        self.synced[path] = held
        self.syncs += 1

    def holds(self, data: bytes) -> bool:
        return any(data in held for held in list(self.synced.values()))


@pytest.fixture
def disk(kinesis: "KinesisClient", monkeypatch: pytest.MonkeyPatch) -> _SlowDisk:
    """Under a Kinesis with a stream of two shards."""
    kinesis.create_stream(StreamName="s", ShardCount=2)
    disk = _SlowDisk()
    monkeypatch.setattr(os, "fdatasync", disk.sync)
    return disk


def test_what_is_acked_is_synced_and_writers_share_syncs(
    under_test: KinesisUnderTest, disk: _SlowDisk
) -> None:
    """Whatever the number of writers, a sync is for all who came while the one before it ran."""
    kinesis = client(under_test.url)

    def write(writer: int) -> list[bytes]:
        early = []
        for number in range(PUTS):
            data = f"<{writer}-{number}>".encode()
            kinesis.put_record(StreamName="s", Data=data, PartitionKey=data.decode())
            if not disk.holds(data):
                early.append(data)
        return early

    with ThreadPoolExecutor(WRITERS) as pool:
        assert [early for early in pool.map(write, range(WRITERS)) if early] == []
    assert disk.syncs < WRITERS * PUTS / 2
    assert len(read_stream(kinesis, "s")) == WRITERS * PUTS


def test_a_reader_sees_what_is_synced(under_test: KinesisUnderTest, disk: _SlowDisk) -> None:
    """Never a record that a loss of power could take from under it."""
    kinesis = client(under_test.url)
    ended = threading.Event()

    def write() -> None:
        for number in range(20):
            kinesis.put_record(StreamName="s", Data=f"<{number}>".encode(), PartitionKey="p")
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not ended.is_set():
        assert all(disk.holds(row.data) for row in read_stream(kinesis, "s"))
    writer.join()
    assert len(read_stream(kinesis, "s")) == 20


def test_a_disk_that_fails_is_told_and_what_comes_after_is_kept(
    kinesis: "KinesisClient", under_test: KinesisUnderTest, disk: _SlowDisk
) -> None:
    """No acknowledged record is lost, none that was refused is read, and no number is given twice."""
    first = kinesis.put_record(StreamName="s", Data=b"first", PartitionKey="p")
    disk.failing = True
    for _ in range(2):
        with pytest.raises(ClientError, match="InternalFailure"):
            kinesis.put_records(StreamName="s", Records=[{"Data": b"lost", "PartitionKey": "p"}])
    disk.failing = False
    last = kinesis.put_record(StreamName="s", Data=b"last", PartitionKey="p")
    stored = read_stream(kinesis, "s")
    assert [row.data for row in stored] == [b"first", b"last"]
    numbers = [first["SequenceNumber"], last["SequenceNumber"]]
    assert [row.sequence_number for row in stored] == numbers


def test_a_split_syncs_what_was_written_before_it(
    kinesis: "KinesisClient", under_test: KinesisUnderTest, disk: _SlowDisk
) -> None:
    """While writers wait for the disk a split closes their shard; all their records are in it or in its children."""
    acked = []

    def write(number: int) -> None:
        data = f"<{number}>".encode()
        client(under_test.url).put_record(StreamName="s", Data=data, PartitionKey=data.decode())
        acked.append(data)

    with ThreadPoolExecutor(WRITERS) as pool:
        jobs = [pool.submit(write, number) for number in range(2 * WRITERS)]
        kinesis.split_shard(
            StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey="9" * 37
        )
        for job in jobs:
            job.result()
    assert sorted(row.data for row in read_stream(kinesis, "s")) == sorted(acked)
    assert len(acked) == 2 * WRITERS
