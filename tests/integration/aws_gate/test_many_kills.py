"""S3 for a long while: what was acked is whole whatever is killed, and nothing grows but what is stored."""

import os
import random
import signal
from collections.abc import Iterator

import psutil
import pytest

from services.aws import s3_client
from services.stack.native.scratch import ScratchStack, scratch_stack
from tests.support.polling import eventually
from tests.support.s3_kills import Writer

pytestmark = pytest.mark.long

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """S3 alone, to be killed."""
    with scratch_stack(tmp_path_factory.mktemp("s3"), {"aws"}) as stack:
        yield stack


def test_a_thousand_objects_and_twenty_uploads_under_kills(aws: ScratchStack) -> None:
    """The server, its gate or both are killed at random until all has been written: every byte is there."""
    chance = random.Random(29)  # noqa: S311
    kills = 0
    with Writer(aws.settings, "thousand", objects=1000, uploads=20, seed=29) as writer:
        while len(writer.acked) < 1000:
            writer.let_some_pass(chance.randint(5, 80))
            _kill(aws, chance.choice(["s3proxy", "gate", "both"]))
            kills += 1
    assert kills >= 10
    writer.assert_whole()
    assert _unfinished(aws) == []


def test_memory_and_disk_follow_what_is_stored(aws: ScratchStack) -> None:
    """The same objects, written and deleted again and again, leave the disk as it was and the memory bounded."""
    s3 = s3_client(aws.settings)
    s3.create_bucket(Bucket="again")
    body = os.urandom(100_000)
    for _ in range(4):
        for number in range(500):
            s3.put_object(Bucket="again", Key=f"d{number % 9}/{number}", Body=body)
        for number in range(500):
            s3.delete_object(Bucket="again", Key=f"d{number % 9}/{number}")
    folder = aws.layout.data / "aws" / "objects" / "again"
    assert list(folder.iterdir()) == []
    gate = aws.process("aws")
    assert gate.memory_info().rss < 200 * MIB
    assert gate.children()[0].memory_info().rss < 450 * MIB


def _kill(stack: ScratchStack, victim: str) -> None:
    gate = stack.process("aws")
    server = gate.children()
    for process in {"s3proxy": server, "gate": [gate], "both": [gate, *server]}[victim]:
        os.kill(process.pid, signal.SIGKILL)
    psutil.wait_procs([gate], timeout=30)
    eventually("a new gate", lambda: _pid(stack) not in {0, gate.pid})
    stack.stack.start("aws", stack.report)


def _pid(stack: ScratchStack) -> int:
    return next(row.pid or 0 for row in stack.stack.status() if row.name == "aws")


def _unfinished(stack: ScratchStack) -> list[str]:
    """Files of no object, after a start that has swept them."""
    stack.stack.stop("aws")
    stack.stack.start("aws", stack.report)
    folder = stack.layout.data / "aws" / "objects" / "thousand"
    return [
        file.name
        for file in folder.rglob("*")
        if file.is_file()
        and len(file.name) > 36
        and not file.name.startswith((".mpus-", ".s3proxy-"))
    ]
