"""A whole run of the emulators: options in, workers started, the result of every turn out."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from services.posting.display import Show
from services.posting.pace import interval, phase
from services.posting.retry import RetryPolicy
from services.posting.routes import routes_of
from services.posting.run_result import RunResult, worker_result
from services.posting.sequence import drawn, split
from services.posting.tally import Tally, summed
from services.posting.worker import WorkerJob
from services.posting.worker_pool import WorkerPool
from services.records.journal import new_run
from services.records.layer import Layer
from services.settings import Settings
from services.source.reader import SourceReader
from services.tables import TABLES

_POLL_SECONDS = 0.2


class EmptySourceError(Exception):
    """There is nothing to post; the message says what to do."""


@dataclass(frozen=True)
class PostingOptions:
    """Which turns to post, and how.

    Attributes:
        count: Turns; None is every key when sequential, else the default.
        sequential: Every key in order instead of the course's draws.
        seed: Where the course's draws begin.
        rate: Turns a second over all processes; 0 is as fast as possible.
        processes: Worker processes.
        batch: Most turns whose records share a request.
        deadline: Seconds for which a record is tried.
    """

    count: int | None = None
    sequential: bool = False
    seed: int = 100
    rate: float = 0.0
    processes: int = 1
    batch: int = 100
    deadline: float = 60.0


DEFAULT_COUNT = 500
"""Turns of the course's sequence."""


@dataclass
class Interrupts:
    """Signals that asked to end the run, in the order in which they came."""

    numbers: list[int] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that a signal ended; 0 without one."""
        return 128 + self.numbers[0] if self.numbers else 0


def turns_to_post(settings: Settings, options: PostingOptions) -> list[int]:
    """The keys to post, in order.

    Raises:
        EmptySourceError: the source has no rows.
        SourceError: it cannot be read.
    """
    with SourceReader(settings) as source:
        if not any(source.count(table) for table in TABLES):
            raise EmptySourceError("The source has no rows; run `make load`.")
        if not options.sequential:
            return drawn(options.seed, DEFAULT_COUNT if options.count is None else options.count)
        keys = sorted({ind for table in TABLES for ind in source.inds(table)})
    return keys[: options.count]


def worker_jobs(
    settings: Settings,
    options: PostingOptions,
    turns: Sequence[int],
    layers: Sequence[Layer],
) -> list[WorkerJob]:
    """Deal the turns out to the workers, each turn to all layers; none gets an empty share."""
    run = new_run()
    workers = max(1, min(options.processes, len(turns)))
    return [
        WorkerJob(
            settings=settings,
            routes=routes_of(settings, layers, run, number),
            turns=share,
            interval=interval(options.rate, workers),
            phase=phase(options.rate, number),
            batch=options.batch,
            policy=RetryPolicy(deadline=options.deadline),
        )
        for number, share in enumerate(split(turns, workers))
    ]


def post(
    jobs: Sequence[WorkerJob], interrupts: Interrupts, show: Show, say: Callable[[str], None]
) -> RunResult:
    """Let workers do the jobs, and return what became of every turn.

    The first signal lets them finish what is under way, the second ends them.

    Args:
        jobs: One for each worker.
        interrupts: Where signals are noted.
        show: Called several times a second with how far the run is.
        say: Called with what the user should know meanwhile.

    Raises:
        JournalError: the journal of a worker that died cannot be read.
    """
    with _listening(interrupts), WorkerPool(jobs) as pool:
        handled = 0
        while not pool.ended:
            pool.receive(_POLL_SECONDS)
            show(sum(worker.done for worker in pool.workers), _total(pool))
            for _ in interrupts.numbers[handled:]:
                _interrupt(pool, say, first=not handled)
                handled += 1
        end = RunResult(seconds=pool.seconds)
        for worker in pool.workers:
            end.add(worker_result(worker))
        return end


def _interrupt(pool: WorkerPool, say: Callable[[str], None], *, first: bool) -> None:
    if first:
        say("Finishing what is under way; once more Ctrl-C ends it at once.")
        pool.stop()
    else:
        pool.kill()


def _total(pool: WorkerPool) -> Tally:
    return summed(worker.tally for worker in pool.workers)


@contextmanager
def _listening(interrupts: Interrupts) -> Iterator[None]:
    """Note SIGINT and SIGTERM instead of dying of them."""

    def note(number: int, _: FrameType | None) -> None:
        interrupts.numbers.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
