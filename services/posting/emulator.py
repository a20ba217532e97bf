"""A whole run: from the wish to the account of every turn."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from services.posting.display import Show
from services.posting.pace import interval, phase
from services.posting.retry import RetryPolicy
from services.posting.routes import routes_of
from services.posting.run_result import Account, account
from services.posting.sequence import drawn, split
from services.posting.tally import Tally, summed
from services.posting.worker import Job
from services.posting.worker_pool import Crew
from services.records.journal import new_run
from services.records.layer import Layer
from services.settings import Settings
from services.source.reader import SourceReader
from services.tables import TABLES

_LISTEN_SECONDS = 0.2


class EmptySourceError(Exception):
    """There is nothing to post; the message says what to do."""


@dataclass(frozen=True)
class Wish:
    """What the user wants posted.

    Attributes:
        count: Turns; None is every key when sequential, else the default.
        sequential: Every key in order instead of the course's draws.
        seed: Where the course's draws begin.
        rate: Turns a second over all processes; 0 is as fast as possible.
        processes: Worker processes.
        batch: Most turns that travel together.
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


def turns_of(settings: Settings, wish: Wish) -> list[int]:
    """The keys to post, in order.

    Raises:
        EmptySourceError: the source has no rows.
        SourceError: it cannot be read.
    """
    with SourceReader(settings) as source:
        if not any(source.count(table) for table in TABLES):
            raise EmptySourceError("The source has no rows; run `make load`.")
        if not wish.sequential:
            return drawn(wish.seed, DEFAULT_COUNT if wish.count is None else wish.count)
        keys = sorted({ind for table in TABLES for ind in source.inds(table)})
    return keys[: wish.count]


def jobs_of(
    settings: Settings,
    wish: Wish,
    turns: Sequence[int],
    layers: Sequence[Layer],
) -> list[Job]:
    """Deal the turns out to the workers, each turn to all layers; none gets an empty share."""
    run = new_run()
    workers = max(1, min(wish.processes, len(turns)))
    return [
        Job(
            settings=settings,
            routes=routes_of(settings, layers, run, number),
            turns=share,
            interval=interval(wish.rate, workers),
            phase=phase(wish.rate, number),
            batch=wish.batch,
            policy=RetryPolicy(deadline=wish.deadline),
        )
        for number, share in enumerate(split(turns, workers))
    ]


def post(
    jobs: Sequence[Job], interrupts: Interrupts, show: Show, tell: Callable[[str], None]
) -> Account:
    """Let workers do the jobs and account for every turn.

    The first signal lets them finish what is under way, the second ends them.

    Args:
        jobs: One for each worker.
        interrupts: Where signals are noted.
        show: Hears several times a second how far the run is.
        tell: Hears what the user should know meanwhile.

    Raises:
        JournalError: the journal of a worker that died cannot be read.
    """
    with _listening(interrupts), Crew(jobs) as crew:
        heard = 0
        while not crew.over:
            crew.listen(_LISTEN_SECONDS)
            show(sum(worker.done for worker in crew.workers), _so_far(crew))
            for _ in interrupts.numbers[heard:]:
                _interrupt(crew, tell, first=not heard)
                heard += 1
        end = Account(seconds=crew.seconds)
        for worker in crew.workers:
            end.add(account(worker))
        return end


def _interrupt(crew: Crew, tell: Callable[[str], None], *, first: bool) -> None:
    if first:
        tell("Finishing what is under way; once more Ctrl-C ends it at once.")
        crew.end()
    else:
        crew.kill()


def _so_far(crew: Crew) -> Tally:
    return summed(worker.tally for worker in crew.workers)


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
