"""Run by LocalStack before it stops: Kinesis' state is written every few seconds, and not once more at the end.

What is written next may have been gathered before now; what is written after that was not.
"""

import time
from pathlib import Path

STATE = Path("/var/lib/localstack/state/kinesis")
WRITES = 2
LONGEST_SECONDS = 20.0
POLL_SECONDS = 0.05


def settle(folder: Path) -> None:
    """Wait until the state has been written twice, or the time is up."""
    deadline = time.monotonic() + LONGEST_SECONDS
    for _ in range(WRITES):
        before = _versions(folder)
        while before and _versions(folder) == before and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def _versions(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("*.json")}


if __name__ == "builtins":  # so LocalStack calls what it executes
    settle(STATE)
