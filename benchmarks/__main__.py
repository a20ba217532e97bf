"""`python -m benchmarks`: measure everything, print a table or JSON."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, as_json, as_table
from benchmarks.measures import batch, daily, gateway, sink, speed, stack, streams
from services.stack.native.scratch import scratch_stack
from services.terminal import Console

_IDLE_LOAD = 0.5
_PAPER = 140


def main() -> int:
    """Run all benchmarks on a scratch stack; 0 when every figure reaches its goal, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--format", choices=["table", "json"], default="table")
    options = parser.parse_args()
    console = Console(stderr=True, highlight=False)
    if (load := os.getloadavg()[0]) > _IDLE_LOAD:
        console.print(
            f"The machine is not idle (load {load:.1f}): read the figures with care.",
            style="yellow",
        )
    figures = list(_figures(console))
    if options.format == "json":
        sys.stdout.write(json.dumps(as_json(figures)) + "\n")
    else:
        Console(highlight=False, width=None if sys.stdout.isatty() else _PAPER).print(
            as_table(figures)
        )
    return 0 if all(figure.reached for figure in figures) else 1


def _figures(console: Console) -> Iterator[Figure]:
    started = time.monotonic()

    def say(what: str) -> None:
        console.print(f"{time.monotonic() - started:6.0f} s  {what}", style="dim")

    with tempfile.TemporaryDirectory(prefix="pincloud-bench-") as folder:
        say("up: starting a scratch stack")
        with scratch_stack(Path(folder) / "stack") as running:
            say("speed: put to visible, then 1,000 records a second")
            yield from speed.measure(running)
            say("batch: emulator, everything new, nothing new, 1 % new, ten times the history")
            yield from batch.measure(running)
            yield stack.memory(running)
            say("gateway: 64 connections")
            yield from gateway.measure(running)
            say("streams: 64 connections, one record a request")
            yield from streams.measure(running)
            say("sink: 300,000 records")
            yield from sink.measure(running)
            up = running
        say("up: Spark alone")
        yield stack.start(up, Path(folder) / "alone")
        say("full: start, the daily DAG, a notebook, memory")
        with scratch_stack(Path(folder) / "full", profile="full") as full:
            yield from daily.measure(full, up.start_seconds)


if __name__ == "__main__":
    raise SystemExit(main())
