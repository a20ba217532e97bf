"""Nothing acknowledged is lost or doubled: under load, over `kill -9`, through splits and merges."""

import os
import resource
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from services.free_ports import free_port
from services.records.kinesis_api import HASH_SPACE
from services.settings import HOST, PROJECT_ROOT
from tests.integration.kinesis.conftest import client
from tests.support.kinesis import KinesisUnderTest, fail_entries, listens, lose_answer
from tests.support.polling import eventually
from tests.support.streams import Stored, read_shard, read_stream

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

THREADS, BATCHES, BATCH = 16, 10, 100

Acked = dict[bytes, tuple[str, str]]


def _batch(writer: int, number: int) -> Any:
    names = [f"{writer}-{number}-{row}" for row in range(BATCH)]
    return [{"Data": name.encode(), "PartitionKey": name} for name in names]


def _put(kinesis: "KinesisClient", rows: Any, acked: Acked) -> None:
    answers = kinesis.put_records(StreamName="s", Records=rows)["Records"]
    for row, told in zip(rows, answers, strict=True):
        if "SequenceNumber" in told:
            acked[row["Data"]] = (told["ShardId"], told["SequenceNumber"])


def _assert_each_once(stored: list[Stored], acked: Acked) -> None:
    """Every acknowledged record is there under its number, and no record or number is there twice."""
    assert len({row.data for row in stored}) == len(stored)
    assert len({(row.shard_id, row.sequence_number) for row in stored}) == len(stored)
    found = {row.data: (row.shard_id, row.sequence_number) for row in stored}
    assert {data: found.get(data) for data in acked} == acked


def test_sixteen_writers_lose_nothing(kinesis: "KinesisClient") -> None:
    """Acknowledged = distinct = readable."""
    kinesis.create_stream(StreamName="s", ShardCount=2)
    acked: Acked = {}
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [
            pool.submit(_put, kinesis, _batch(writer, number), acked)
            for number in range(BATCHES)
            for writer in range(THREADS)
        ]
        for job in jobs:
            job.result()
    stored = read_stream(kinesis, "s")
    assert len(acked) == len(stored) == THREADS * BATCHES * BATCH
    _assert_each_once(stored, acked)


@pytest.mark.chaos
def test_kill_in_the_middle_of_the_load_loses_nothing(tmp_path: Path) -> None:
    """After `kill -9`, three times, everything acknowledged is there once, with number and arrival time."""
    port = free_port()
    kinesis = client(f"http://{HOST}:{port}")
    acked: Acked = {}
    before: dict[bytes, Stored] = {}
    for life in range(4):
        process = _start(tmp_path, port)
        if life == 0:
            kinesis.create_stream(StreamName="s", ShardCount=2)
        stored = read_stream(kinesis, "s")
        _assert_each_once(stored, acked)
        assert {row.data: row for row in stored if row.data in before} == before
        before = {row.data: row for row in stored}
        _load_and_kill(kinesis, process, life, acked)
    assert len(acked) > BATCH


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "services.kinesis", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT)
    eventually("Kinesis to listen", lambda: listens(port) or process.poll() is not None)
    return process


def _load_and_kill(
    kinesis: "KinesisClient", process: subprocess.Popen[bytes], life: int, acked: Acked
) -> None:
    enough = len(acked) + 20 * BATCH

    def write(writer: int) -> None:
        number = 0
        try:
            while True:
                _put(kinesis, _batch(100 * life + writer, number), acked)
                number += 1
        except (BotoCoreError, ClientError):
            return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    eventually("some records", lambda: len(acked) >= enough)
    os.kill(process.pid, signal.SIGKILL)
    for writer in writers:
        writer.join()
    process.wait()


def test_a_full_disk_loses_nothing_and_is_gone_when_there_is_room(tmp_path: Path) -> None:
    """What does not fit is refused, what was acknowledged stays, and the engine goes on with the next record."""
    port = free_port()
    kinesis, process, acked = client(f"http://{HOST}:{port}"), _start(tmp_path, port), Acked()
    limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    try:
        kinesis.create_stream(StreamName="s", ShardCount=2)
        _put(kinesis, _batch(0, 0), acked)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (2500, limits[1]))
        told = kinesis.put_records(StreamName="s", Records=_batch(0, 1))
        assert told["FailedRecordCount"] == BATCH
        assert {row["ErrorCode"] for row in told["Records"]} == {"InternalFailure"}
        with pytest.raises(ClientError, match="InternalFailure"):
            kinesis.put_record(StreamName="s", Data=b"x" * 5000, PartitionKey="p")
        _assert_each_once(read_stream(kinesis, "s"), acked)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
        _put(kinesis, _batch(0, 2), acked)
        assert len(acked) == 2 * BATCH
    finally:
        process.kill()
        process.wait()
    process = _start(tmp_path, port)
    try:
        _assert_each_once(read_stream(kinesis, "s"), acked)
    finally:
        process.terminate()
        process.wait()


def test_splits_and_merges_in_the_middle_of_the_load_lose_nothing(kinesis: "KinesisClient") -> None:
    """A reader that follows parents to their children sees every record once, a key's in their order."""
    kinesis.create_stream(StreamName="s", ShardCount=1)
    acked: Acked = {}
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(_put, kinesis, _batch(w, n), acked) for n in range(30) for w in range(4)
        ]
        eventually("a part of the load", lambda: len(acked) > 20 * BATCH)
        kinesis.split_shard(
            StreamName="s",
            ShardToSplit="shardId-000000000000",
            NewStartingHashKey=str(HASH_SPACE // 2),
        )
        eventually("more of the load", lambda: len(acked) > 60 * BATCH)
        kinesis.merge_shards(
            StreamName="s",
            ShardToMerge="shardId-000000000001",
            AdjacentShardToMerge="shardId-000000000002",
        )
        for job in jobs:
            job.result()
    stored = _follow(kinesis)
    assert len(stored) == 30 * 4 * BATCH
    _assert_each_once(stored, acked)
    assert {row.shard_id for row in stored} == {f"shardId-{number:012d}" for number in range(4)}


def _follow(kinesis: "KinesisClient") -> list[Stored]:
    """Read from the first shard on; a child is begun when all its parents have come to their end."""
    stored: list[Stored] = []
    waiting, ended = ["shardId-000000000000"], set()
    while waiting:
        shard_id = waiting.pop(0)
        stored += read_shard(kinesis, "s", shard_id)
        ended.add(shard_id)
        iterator = kinesis.get_shard_iterator(
            StreamName="s", ShardId=shard_id, ShardIteratorType="LATEST"
        )
        told = kinesis.get_records(ShardIterator=iterator["ShardIterator"])
        for child in told.get("ChildShards", []):
            if ended.issuperset(child["ParentShards"]):
                waiting.append(child["ShardId"])
    return stored


def test_injected_faults_do_what_they_say(
    under_test: KinesisUnderTest, kinesis: "KinesisClient"
) -> None:
    """A lost answer leaves the records stored; failed entries are not; later requests go well again."""
    kinesis.create_stream(StreamName="s", ShardCount=1)
    acked: Acked = {}
    under_test.inject("PutRecords", lose_answer())
    try:
        _put(kinesis, _batch(0, 0), acked)
    except BotoCoreError:
        pass
    else:
        raise AssertionError("an answer came")
    assert len(read_stream(kinesis, "s")) == BATCH
    under_test.inject("PutRecords", fail_entries(0, 7, 99))
    _put(kinesis, _batch(0, 1), acked)
    assert len(acked) == BATCH - 3
    _put(kinesis, _batch(0, 2), acked)
    stored = read_stream(kinesis, "s")
    assert len(stored) == 3 * BATCH - 3
    _assert_each_once(stored, acked)
    assert under_test.pending == 0
