"""The loop of one worker: take the turns that are due, read their rows, deliver them.

A step takes all turns that are due, so a slow rate posts each turn at once, and a fast one sends
many records in one request. The three tables of a step are read side by side, and sent to all
layers side by side; the next step begins when all are settled, so each topic gets one worker's
records in the sequence's order.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Protocol, Self

from services.posting.delivery import Delivery
from services.posting.destinations.destination import SYSTEM_OF_LAYER
from services.posting.pace import Pace
from services.posting.tally import Tally, summed
from services.records.layer import Layer
from services.records.record import Record
from services.tables import TABLES, Table


class Source(Protocol):
    """Where rows come from; read by several threads at once."""

    def fetch(self, table: Table, inds: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """The rows with these keys, ready for JSON; a key that the table lacks is absent."""
        ...


class GivenUpError(Exception):
    """Nothing of a whole step got through to a layer until the deadline: to go on makes no sense."""


class TurnPoster:
    """Posts turns: one row of each table a turn, read once for all layers."""

    def __init__(self, source: Source, deliveries: Sequence[Delivery]) -> None:
        self._source = source
        self._deliveries = deliveries
        self._tables = ThreadPoolExecutor(len(TABLES), "table")
        self._senders = ThreadPoolExecutor(len(TABLES) * len(deliveries), "lane")

    def post(self, inds: Sequence[int]) -> Tally:
        """Deliver the rows of some turns and count what became of them.

        Raises:
            SourceError: the rows cannot be read.
            JournalError: an outcome could not be written down.
        """
        return summed(self._tables.map(lambda table: self._post_table(table, inds), TABLES))

    def _post_table(self, table: Table, inds: Sequence[int]) -> Tally:
        rows = self._source.fetch(table, inds)
        records = [Record.of(table, ind, rows[ind]) for ind in inds if ind in rows]
        tally = summed(self._senders.map(lambda to: to.deliver(records), self._deliveries))
        for delivery in self._deliveries:
            tally.of(delivery.layer, table).missing += len(inds) - len(records)
        return tally

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.shutdown()
        self._senders.shutdown()


@dataclass(frozen=True)
class Loop:
    """Takes turns at their pace, until they are through or `stop` is set.

    Attributes:
        pace: When turns are due.
        stop: Ends the loop after the step that is under way.
        post: Delivers a step's turns.
        report: Called after each step with how many turns are done, and everything counted so far.
    """

    pace: Pace
    stop: Event
    post: Callable[[Sequence[int]], Tally]
    report: Callable[[int, Tally], None]

    def run(self, turns: Sequence[int], most: int) -> None:
        """Post the rows with these keys, in order, at most so many turns in one step.

        Raises:
            GivenUpError: all records of a step were tried until the deadline, and a layer acked none.
        """
        done, total = 0, Tally()
        while done < len(turns) and not self.stop.is_set():
            taken = self.pace.take(min(most, len(turns) - done))
            if not taken:
                self.stop.wait(self.pace.delay())
                continue
            step = self.post(turns[done : done + taken])
            done += taken
            total.add(step)
            self.report(done, total)
            blocked = [SYSTEM_OF_LAYER[layer] for layer in Layer if step.total(layer).blocked]
            if blocked and not self.stop.is_set():
                names = " and ".join(blocked)
                raise GivenUpError(f"Not one record got through to {names} until the deadline")
