"""The speed layer: `kill -9`, one process at a time in the middle of work, five times each; then the ledger."""

import pytest

from services.stack.native.scratch import ScratchStack
from services.streams.checkpoint import committed
from services.tables import TABLES
from spark_jobs.lake import speed_tier
from tests.chaos.work import ROUNDS, emulator, finish, kill
from tests.support.commands import Commands

pytestmark = pytest.mark.chaos

CAUGHT_UP_SECONDS = "180"


def _assert_whole(stack: ScratchStack) -> None:
    """Everything that was acked is in its table or in quarantine, once."""
    commands = Commands(stack.environment)
    commands.run("spark_jobs.speed", "wait", "--seconds", CAUGHT_UP_SECONDS)
    for table, counts in commands.ledger("speed").items():
        assert (counts["lost"], counts["doubled"]) == (0, 0), f"{table}: {counts}"
        assert counts["acked"] > 0
        assert counts["speed"] + counts["quarantined"] == counts["kinesis"]


@pytest.mark.parametrize("victim", ["speed", "spark", "gateway", "kinesis", "aws"])
def test_a_killed_service_loses_and_doubles_nothing(stack: ScratchStack, victim: str) -> None:
    """Killed while records come in, it comes back by itself; each record is in Delta once."""
    for seed in range(ROUNDS):
        posting = emulator(stack, "speed", seed)
        kill(stack, victim)
        finish(posting)
    _assert_whole(stack)


def test_a_lost_commit_of_a_checkpoint_adds_nothing(stack: ScratchStack) -> None:
    """The newest commit of each checkpoint is deleted while the application is down: a replay adds no row."""
    _assert_whole(stack)
    before = Commands(stack.environment).ledger("speed")
    stack.stack.stop("speed")
    for table in TABLES:
        checkpoint = speed_tier(stack.settings, table).checkpoint
        newest = committed(checkpoint)
        assert newest is not None
        (checkpoint / "commits" / str(newest.batch)).unlink()
    stack.stack.start("speed", stack.report)
    finish(emulator(stack, "speed", seed=0))
    _assert_whole(stack)
    after = Commands(stack.environment).ledger("speed")
    for name, counts in after.items():
        added = counts["acked"] - before[name]["acked"]
        assert counts["speed"] - before[name]["speed"] == added
