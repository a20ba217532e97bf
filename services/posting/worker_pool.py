"""The workers of a run, seen from the process that started them."""

import multiprocessing
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Self

from services.posting.messages import Begin, End, Finished, Ready, StepDone
from services.posting.tally import Tally
from services.posting.worker import WorkerJob, work
from services.records.layer import Layer

_JOIN_SECONDS = 10.0


class WorkerState(Enum):
    STARTING = "starting"
    READY = "ready"
    WORKING = "working"
    FINISHED = "finished"
    DEAD = "dead"


@dataclass
class Worker:
    """A worker process and what its last message said.

    Attributes:
        job: What it was given.
        done: Turns that it settled.
        tally: What it counted in these turns.
        journaled: Bytes of its journals that belong to them, by layer.
        state: Where it is in its life.
        problem: Why it ended before its turns did; empty if it did not.
    """

    job: WorkerJob
    process: SpawnProcess
    pipe: Connection
    done: int = 0
    tally: Tally = field(default_factory=Tally)
    journaled: Mapping[Layer, int] = field(default_factory=dict)
    state: WorkerState = WorkerState.STARTING
    problem: str = ""

    @property
    def ended(self) -> bool:
        """No further message will come."""
        return self.state in {WorkerState.FINISHED, WorkerState.DEAD}

    def receive(self) -> None:
        """Take in one message; a closed pipe means that the worker is dead."""
        try:
            message = self.pipe.recv()
        except (EOFError, OSError):
            self._mark_dead()
            return
        match message:
            case Ready():
                self.state = WorkerState.READY
            case StepDone():
                self.done, self.tally = message.done, message.tally
                self.journaled = message.journaled
            case Finished():
                self.state, self.problem = WorkerState.FINISHED, message.problem

    def send(self, message: Begin | End) -> None:
        """Send a message; a worker that is gone is noticed when its pipe is read."""
        with suppress(OSError):
            self.pipe.send(message)

    def _mark_dead(self) -> None:
        self.state = WorkerState.DEAD
        self.process.join(_JOIN_SECONDS)
        self.problem = f"Worker {self.process.pid} {_why_it_died(self.process.exitcode)}"


def _why_it_died(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"was killed by signal {-exitcode} ({signal.strsignal(-exitcode)})"
    return f"ended with exit code {exitcode}; its error is above"


class WorkerPool:
    """Starts the workers, lets them begin together, and receives their messages.

    As a context manager it leaves no process behind.
    """

    def __init__(self, jobs: Sequence[WorkerJob]) -> None:
        self._jobs = jobs
        self._began: float | None = None
        self.workers: list[Worker] = []

    def __enter__(self) -> Self:
        """Start all workers, ignoring the terminal's signals from their first moment on."""
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _SIGNALS}
        try:
            self.workers = [_start(job) for job in self._jobs]
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for worker in self.workers:
            worker.process.join(_JOIN_SECONDS)
            worker.process.kill()
            worker.pipe.close()

    @property
    def seconds(self) -> float:
        """Since the common beginning; 0 before it."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    @property
    def ended(self) -> bool:
        """All workers are through, one way or another."""
        return all(worker.ended for worker in self.workers)

    def receive(self, seconds: float) -> None:
        """Take in the workers' messages, waiting for at most so long."""
        pipes = {worker.pipe: worker for worker in self.workers if not worker.ended}
        for pipe in wait(list(pipes), seconds):
            if isinstance(pipe, Connection):
                pipes[pipe].receive()
        self._begin_when_ready()

    def _begin_when_ready(self) -> None:
        """Let them begin together; the dead are not waited for."""
        waiting = [worker for worker in self.workers if not worker.ended]
        if self._began is not None or any(
            worker.state is not WorkerState.READY for worker in waiting
        ):
            return
        self._began = time.monotonic()
        for worker in waiting:
            worker.state = WorkerState.WORKING
            worker.send(Begin(self._began))

    def stop(self) -> None:
        """Ask all workers to finish what is under way."""
        for worker in self._running():
            worker.send(End())

    def kill(self) -> None:
        """End all workers that still live, at once."""
        for worker in self._running():
            worker.process.kill()

    def _running(self) -> Iterable[Worker]:
        return (worker for worker in self.workers if not worker.ended)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _start(job: WorkerJob) -> Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(job, theirs), name="posting", daemon=True)
    process.start()
    theirs.close()
    return Worker(job, process, ours)
