"""The result of a run: what its workers counted, and the turns that they did not settle."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.posting.tally import Tally
from services.posting.worker_pool import Worker
from services.records.journal import read_journal
from services.records.journal_line import ACKED, REJECTED, UNKNOWN, JournalLine
from services.records.layer import Layer
from services.tables import BY_NAME, TABLES

Key = tuple[Layer, str, int]
"""A record: its layer, its table's name, its row's key."""


@dataclass
class RunResult:
    """The result of a run, of one worker or of all.

    Attributes:
        tally: Everything counted.
        turns: Turns that were given out.
        undelivered: Keys of the turns that workers left undone when they ended early.
        untaken: Turns that were not taken because the user stopped the run.
        problems: Why workers ended early.
        seconds: From the workers' common beginning to the end.
    """

    tally: Tally = field(default_factory=Tally)
    turns: int = 0
    undelivered: list[int] = field(default_factory=list)
    untaken: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """A record could not be delivered."""
        return bool(self.problems) or self.tally.total().failed > 0

    def add(self, other: "RunResult") -> None:
        self.tally.add(other.tally)
        self.turns += other.turns
        self.undelivered += other.undelivered
        self.untaken += other.untaken
        self.problems += other.problems
        self.seconds = max(self.seconds, other.seconds)


def worker_result(worker: Worker) -> RunResult:
    """What became of all of a worker's turns.

    The step in which it ended early is read from its journals: what it acked counts as acked.

    Raises:
        JournalError: a journal cannot be read.
    """
    result = RunResult(turns=len(worker.job.turns))
    result.tally.add(worker.tally)
    left = list(worker.job.turns[worker.done :])
    if not worker.problem:
        result.untaken = len(left)
        return result
    result.problems.append(worker.problem)
    settled = _count_last_step(worker, result.tally)
    for ind in left:
        lost = [wanted for wanted in _wanted(worker, ind) if not _take(settled, wanted)]
        for layer, name, _ in lost:
            result.tally.of(layer, BY_NAME[name]).failed += 1
            result.tally.blame(worker.problem, f"{layer} {name} {ind}")
        if lost:
            result.undelivered.append(ind)
    return result


def _wanted(worker: Worker, ind: int) -> list[Key]:
    """The records of one turn."""
    return [(route.layer, table.name, ind) for route in worker.job.routes for table in TABLES]


def _count_last_step(worker: Worker, tally: Tally) -> Counter[Key]:
    """Add the journals' lines that no message of the worker counted; return the records they settle."""
    settled: Counter[Key] = Counter()
    for layer, line in _lines(worker):
        counts = tally.of(layer, BY_NAME[line.table])
        if isinstance(line, UNKNOWN):
            counts.unknown += 1
            continue
        settled[layer, line.table, line.ind] += 1
        counts.posted += 1
        counts.acked += isinstance(line, ACKED)
        if isinstance(line, REJECTED):
            counts.failed += 1
            tally.blame(line.message, f"{layer} {line.table} {line.ind}")
    return settled


def _lines(worker: Worker) -> Iterator[tuple[Layer, JournalLine]]:
    for route in worker.job.routes:
        start = worker.journaled.get(route.layer, 0)
        if route.journal.exists():
            for line in read_journal(route.journal, route.layer, start):
                yield route.layer, line


def _take(settled: Counter[Key], record: Key) -> bool:
    """Strike one settled record off; False if there is none."""
    if not settled[record]:
        return False
    settled[record] -= 1
    return True
