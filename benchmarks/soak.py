"""`python -m benchmarks.soak`: a steady load for long, to see what grows: memory, lag, files."""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table as Grid

from benchmarks.figure import Figure, as_table
from benchmarks.load.delta_watch import DeltaWatch
from benchmarks.load.stream_load import StreamLoad
from services.settings import Settings
from services.stack.native.scratch import ScratchStack, scratch_stack
from services.tables import TABLES
from services.terminal import Console

SAMPLES = 60
"""How often memory and files are looked at in a run."""

QUARTER = SAMPLES // 4
MEGABYTE = 1e6


@dataclass(frozen=True)
class Sample:
    """How things stood at one moment.

    Attributes:
        memory: Service → bytes of PSS.
        lag: Records that are acked and not visible yet.
        files: Below the lake, its logs and checkpoints included.
    """

    memory: dict[str, int]
    lag: int
    files: int

    @property
    def total(self) -> float:
        return float(sum(self.memory.values()))


def soak(stack: ScratchStack, minutes: float, rate: float, console: Console) -> list[Sample]:
    """Post `rate` records a second over all streams, and look at the stack now and then."""
    samples: list[Sample] = []
    with (
        DeltaWatch(stack.settings) as watch,
        StreamLoad(stack.settings, rate / len(TABLES)) as load,
    ):
        for number in range(1, SAMPLES + 1):
            time.sleep(minutes * 60 / SAMPLES)
            samples.append(_sample(stack, load.acked - watch.rows))
            _tell(console, number * minutes / SAMPLES, samples[-1])
    return samples


def _sample(stack: ScratchStack, lag: int) -> Sample:
    memory = {row.name: row.memory for row in stack.stack.status()}
    return Sample(memory, lag, _files(stack.settings))


def _files(settings: Settings) -> int:
    return sum(1 for path in settings.lake.rglob("*") if path.is_file())


def _tell(console: Console, minutes: float, sample: Sample) -> None:
    console.print(
        f"{minutes:6.1f} min  {sample.total / MEGABYTE:,.0f} MB  lag {sample.lag:,}  "
        f"{sample.files:,} files",
        style="dim",
        highlight=False,
    )


def figures(samples: Sequence[Sample], rate: float) -> list[Figure]:
    """The last quarter beside the second one: by then everything is warm."""
    early, late = samples[QUARTER : 2 * QUARTER], samples[-QUARTER:]
    before, after = (statistics.mean(s.total for s in part) / MEGABYTE for part in (early, late))
    lags = [statistics.mean(s.lag for s in part) / rate for part in (early, late)]
    files = [max(s.files for s in part) for part in (early, late)]
    return [
        Figure("soak_memory", after, before, "MB PSS", 1.05 * before, "less", _EARLIER),
        Figure("soak_lag", lags[1], lags[0], "s", lags[0] + 1.0, "less", _EARLIER),
        Figure("soak_files", files[1], files[0], "files", 1.2 * files[0], "less", _EARLIER),
    ]


_EARLIER = "the same in the second quarter of the run"


def _growth(samples: Sequence[Sample]) -> Grid:
    """Each service's memory at the beginning, after a quarter, and at the end."""
    grid = Grid("service", "first MB", "after a quarter", "last", box=None)
    for name in samples[0].memory:
        found = (samples[place].memory[name] for place in (0, QUARTER, -1))
        grid.add_row(name, *(f"{size / MEGABYTE:,.0f}" for size in found))
    return grid


def main() -> int:
    """Run it on a scratch stack; 0 when nothing grows, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="default: %(default)g")
    parser.add_argument(
        "--rate", type=float, default=100.0, help="records a second (default: %(default)g)"
    )
    options = parser.parse_args()
    console = Console(stderr=True)
    with (
        tempfile.TemporaryDirectory(prefix="pincloud-soak-") as folder,
        scratch_stack(Path(folder) / "stack") as stack,
    ):
        samples = soak(stack, options.minutes, options.rate, console)
    found = figures(samples, options.rate)
    out = Console(highlight=False)
    out.print(_growth(samples))
    out.print(as_table(found))
    return 0 if all(figure.reached for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
