"""One worker process: its own engine, connections and journals, and its share of the turns."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from services.posting.delivery import Delivery
from services.posting.destinations.destination import Destination, DestinationError
from services.posting.loop import GivenUpError, Loop, TurnPoster
from services.posting.messages import Begin, Finished, Ready, StepDone
from services.posting.pace import Pace
from services.posting.retry import RetryPolicy
from services.posting.tally import Tally
from services.records.journal import JournalError, JournalWriter
from services.records.layer import Layer
from services.settings import Settings
from services.source.database_errors import SourceError
from services.source.reader import SourceReader


@dataclass(frozen=True)
class Route:
    """One layer's way out of a worker.

    Attributes:
        layer: Which one.
        connect: Makes the destination; a function or class of a module.
        journal: The worker's file for this layer.
    """

    layer: Layer
    connect: Callable[[Settings], Destination]
    journal: Path


@dataclass(frozen=True)
class WorkerJob:
    """What a worker needs to know; it is pickled to another process, so it holds no connection.

    Attributes:
        settings: Endpoints and accounts.
        routes: Where each turn goes, all at once.
        turns: The worker's share: keys of rows, in order.
        interval: Seconds between two turns, 0 for as fast as possible.
        phase: Seconds by which its first turn comes later than the run's.
        batch: Most turns in one step.
        policy: When to send again.
    """

    settings: Settings
    routes: Sequence[Route]
    turns: Sequence[int]
    interval: float
    phase: float
    batch: int
    policy: RetryPolicy


def work(job: WorkerJob, pipe: Connection) -> None:
    """Do the job and report over the pipe; the target of a worker process.

    Signals are for the process that started this one: a Ctrl-C reaches both, and that one decides.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with suppress(ConnectionError):
        try:
            _work(job, pipe)
        except (SourceError, JournalError, DestinationError, GivenUpError) as error:
            pipe.send(Finished(str(error)))
        else:
            pipe.send(Finished())


def _work(job: WorkerJob, pipe: Connection) -> None:
    stop = threading.Event()
    with (
        SourceReader(job.settings) as source,
        _deliveries(job, stop) as deliveries,
        TurnPoster(source, deliveries) as poster,
    ):
        start = _await_begin(pipe)
        if start is None:
            return
        threading.Thread(target=_await_end, args=(pipe, stop), daemon=True).start()

        def report(done: int, tally: Tally) -> None:
            pipe.send(StepDone(done, tally, {each.layer: each.journaled for each in deliveries}))

        pace = Pace(job.interval, start + job.phase)
        Loop(pace, stop, poster.post, report).run(job.turns, job.batch)


@contextmanager
def _deliveries(job: WorkerJob, stop: threading.Event) -> Iterator[list[Delivery]]:
    """A connection and a journal for each route."""
    with ExitStack() as opened:
        yield [
            Delivery(
                opened.enter_context(route.connect(job.settings)),
                opened.enter_context(JournalWriter(route.journal)),
                job.policy,
                stop,
            )
            for route in job.routes
        ]


def _await_begin(pipe: Connection) -> float | None:
    """Say that all is set and wait for the common start; None if there will be none."""
    pipe.send(Ready())
    try:
        message = pipe.recv()
    except EOFError:
        return None
    return message.start if isinstance(message, Begin) else None


def _await_end(pipe: Connection, stop: threading.Event) -> None:
    """Wait for End; a starter that was killed closes the pipe, which means the same."""
    with suppress(EOFError, OSError):
        pipe.recv()
    stop.set()
