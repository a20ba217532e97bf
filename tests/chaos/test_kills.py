"""`kill -9`, one process at a time in the middle of work, five times each; then the ledger is asked."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator

import psutil
import pytest

from services.aws import s3_client
from services.stack.scratch import ScratchStack, scratch_stack
from services.tables import bucket
from tests.support.commands import Commands
from tests.support.polling import eventually

ROUNDS = 5
TURNS = 150
RATE = 75

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """The whole core stack."""
    with scratch_stack(tmp_path_factory.mktemp("chaos")) as running:
        yield running


def _emulator(stack: ScratchStack, seed: int) -> subprocess.Popen[str]:
    """An emulator at work: it returns when the first records are acked."""
    before = _journalled(stack)
    process = Commands(stack.environment).module(
        "services.posting", "batch",
        "--count", str(TURNS), "--rate", str(RATE), "--seed", str(seed), "--processes", "2",
    )  # fmt: skip
    eventually("the first acked records", lambda: _journalled(stack) > before + 30)
    return process


def _journalled(stack: ScratchStack) -> int:
    return sum(
        len(file.read_bytes().splitlines()) for file in stack.settings.journal_dir.glob("*.jsonl")
    )


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
    for table, counts in Commands(stack.environment).ledger().items():
        assert (counts["lost"], counts["doubled"]) == (0, 0), f"{table}: {counts}"
        assert counts["acked"] > 0
        assert counts["bronze"] == counts["log"]


def _await_new_process(stack: ScratchStack, name: str, old: int) -> None:
    """The supervisor has replaced the process, and it is ready."""

    def replaced() -> bool:
        return any(row.name == name and row.pid not in {0, old} for row in stack.stack.status())

    eventually(f"a new {name}", replaced)
    stack.stack.start(name, stack.report)


@pytest.mark.parametrize("victim", ["s3_sink", "gateway", "kafka", "aws"])
def test_a_killed_service_loses_and_doubles_nothing(stack: ScratchStack, victim: str) -> None:
    """Killed while records come in, it comes back by itself, and no object that was visible has changed."""
    for seed in range(ROUNDS):
        emulator = _emulator(stack, seed)
        seen = _objects(stack)
        process = stack.process(victim)
        process.kill()
        _await_new_process(stack, victim, process.pid)
        out, err = emulator.communicate(timeout=180)
        assert emulator.returncode == 0, f"{out}\n{err}"
        assert seen.items() <= _objects(stack).items()
    _assert_whole(stack)


def test_a_killed_emulator_loses_and_doubles_nothing(stack: ScratchStack) -> None:
    """What it had acked before `kill -9` arrives; its workers do not outlive it."""
    for seed in range(ROUNDS):
        emulator = _emulator(stack, seed)
        workers = psutil.Process(emulator.pid).children(recursive=True)
        os.kill(emulator.pid, signal.SIGKILL)
        emulator.communicate(timeout=60)
        _, alive = psutil.wait_procs(workers, timeout=30)
        assert alive == []
    _assert_whole(stack)


def test_a_killed_spark_server_loses_and_doubles_nothing(stack: ScratchStack) -> None:
    """Killed in the middle of a batch, at a later moment each time; the next batch finishes the work."""
    for seed in range(ROUNDS):
        emulator = _emulator(stack, seed)
        emulator.communicate(timeout=180)
        Commands(stack.environment).run("services.s3_sink", "wait")
        batch = Commands(stack.environment).module("spark_jobs.batch")
        with contextlib.suppress(subprocess.TimeoutExpired):
            batch.wait(2 + seed)
        process = stack.process("spark")
        process.kill()
        batch.communicate(timeout=120)
        _await_new_process(stack, "spark", process.pid)
    _assert_whole(stack)
