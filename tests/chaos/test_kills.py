"""The batch layer: `kill -9`, one process at a time in the middle of work, five times each; then the ledger."""

import contextlib
import os
import signal
import subprocess

import psutil
import pytest

from services.aws import s3_client
from services.stack.native.scratch import ScratchStack
from services.tables import bucket
from tests.chaos.work import ROUNDS, emulator, finish, kill
from tests.support.commands import Commands

pytestmark = pytest.mark.chaos


def _objects(stack: ScratchStack) -> dict[str, str]:
    """Key → ETag of every object that is visible now."""
    settings = stack.settings
    client = s3_client(settings)
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket(settings.user_id), Prefix="topics/"
    )
    return {row["Key"]: row["ETag"] for page in pages for row in page.get("Contents", [])}


def _assert_whole(stack: ScratchStack) -> None:
    """Everything that was acked is in silver or quarantine, once."""
    Commands(stack.environment).run("services.s3_sink", "wait")
    Commands(stack.environment).run("spark_jobs.batch")
    for table, counts in Commands(stack.environment).ledger("batch").items():
        assert (counts["lost"], counts["doubled"]) == (0, 0), f"{table}: {counts}"
        assert counts["acked"] > 0
        assert counts["bronze"] == counts["log"]


@pytest.mark.parametrize("victim", ["s3_sink", "gateway", "kafka", "aws"])
def test_a_killed_service_loses_and_doubles_nothing(stack: ScratchStack, victim: str) -> None:
    """Killed while records come in, it comes back by itself, and no object that was visible has changed."""
    for seed in range(ROUNDS):
        posting = emulator(stack, "batch", seed)
        seen = _objects(stack)
        kill(stack, victim)
        finish(posting)
        assert seen.items() <= _objects(stack).items()
    _assert_whole(stack)


def test_a_killed_emulator_loses_and_doubles_nothing(stack: ScratchStack) -> None:
    """What it had acked before `kill -9` arrives; its workers do not outlive it."""
    for seed in range(ROUNDS):
        posting = emulator(stack, "batch", seed)
        workers = psutil.Process(posting.pid).children(recursive=True)
        os.kill(posting.pid, signal.SIGKILL)
        posting.communicate(timeout=60)
        _, alive = psutil.wait_procs(workers, timeout=30)
        assert alive == []
    _assert_whole(stack)


def test_a_killed_spark_server_loses_and_doubles_nothing(stack: ScratchStack) -> None:
    """Killed in the middle of a batch, at a later moment each time; the next batch finishes the work."""
    for seed in range(ROUNDS):
        finish(emulator(stack, "batch", seed))
        Commands(stack.environment).run("services.s3_sink", "wait")
        batch = Commands(stack.environment).module("spark_jobs.batch")
        with contextlib.suppress(subprocess.TimeoutExpired):
            batch.wait(2 + seed)
        kill(stack, "spark")
        batch.communicate(timeout=120)
    _assert_whole(stack)
