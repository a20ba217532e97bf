"""Bringing the stack up, and how much memory it takes."""

from pathlib import Path

from benchmarks.figure import Figure
from services.stack.native.scratch import ScratchStack, scratch_stack

_GB = 1e9
_THIRD_PARTY = {"mysql", "kafka", "aws", "spark"}


def start(stack: ScratchStack, folder: Path) -> Figure:
    """Seconds of the first `up` into an empty folder, beside those of Spark started alone."""
    with scratch_stack(folder, {"spark"}) as alone:
        limit = alone.start_seconds
    return Figure(
        "up_core", stack.start_seconds, limit, "s", 20, "less", "Spark Connect started alone"
    )


def memory(stack: ScratchStack) -> Figure:
    """PSS of all services after the batches, beside that of the servers that are not ours."""
    rows = stack.stack.status()
    servers = sum(row.memory for row in rows if row.name in _THIRD_PARTY)
    total = sum(row.memory for row in rows)
    return Figure(
        "memory_core",
        total / _GB,
        servers / _GB,
        "GB PSS",
        2.5,
        "less",
        "the servers that are not ours",
    )
