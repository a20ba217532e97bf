"""What goes on while something is killed, and how it is seen to come back."""

import subprocess

from services.stack.native.scratch import ScratchStack
from tests.support.commands import Commands
from tests.support.polling import eventually

ROUNDS = 5
TURNS = 150
RATE = 75
_FIRST = 30


def emulator(stack: ScratchStack, layer: str, seed: int) -> subprocess.Popen[str]:
    """An emulator at work: it returns when the first records are acked."""
    before = _journalled(stack, layer)
    process = Commands(stack.environment).module(
        "services.posting", layer,
        "--count", str(TURNS), "--rate", str(RATE), "--seed", str(seed), "--processes", "2",
    )  # fmt: skip
    eventually("the first acked records", lambda: _journalled(stack, layer) > before + _FIRST)
    return process


def _journalled(stack: ScratchStack, layer: str) -> int:
    files = (stack.settings.journal_dir / layer).glob("*.jsonl")
    return sum(len(file.read_bytes().splitlines()) for file in files)


def finish(process: subprocess.Popen[str], within: float = 180) -> None:
    """Wait for an emulator; it has to deliver everything."""
    out, err = process.communicate(timeout=within)
    assert process.returncode == 0, f"{out}\n{err}"


def kill(stack: ScratchStack, name: str) -> None:
    """`kill -9` a service, and wait until the supervisor has replaced it and the new one is ready."""
    old = stack.process(name)
    old.kill()

    def replaced() -> bool:
        return any(row.name == name and row.pid not in {0, old.pid} for row in stack.stack.status())

    eventually(f"a new {name}", replaced)
    stack.stack.start(name, stack.report)
