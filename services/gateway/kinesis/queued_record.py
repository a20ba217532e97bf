"""A record in a stream's queue: its request, its deadline, and the outcome that its request waits for."""

import asyncio
from collections.abc import Sequence

from services.gateway.kinesis.put_outcome import KinesisOutcome
from services.gateway.kinesis.request_bodies import KinesisRecord


class PendingOutcomes:
    """The outcomes of one request's records, in request order."""

    __slots__ = ("_done", "_missing", "_outcomes")

    def __init__(self, count: int) -> None:
        self._outcomes: list[KinesisOutcome | None] = [None] * count
        self._missing = count
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, index: int, outcome: KinesisOutcome) -> None:
        """Set one record's outcome; the first one holds."""
        if self._outcomes[index] is not None:
            return
        self._outcomes[index] = outcome
        self._missing -= 1
        if not self._missing and not self._done.done():
            self._done.set_result(None)

    async def all(self) -> list[KinesisOutcome]:
        """Wait until every record has its outcome."""
        await self._done
        return [outcome for outcome in self._outcomes if outcome is not None]


class QueuedRecord:
    """One record that waits or is in flight.

    Attributes:
        size: Bytes that it counts in a call, at most.
        deadline: Event loop's time (seconds) after which it is not sent again.
        failures: How often it failed with a retriable error.
    """

    __slots__ = ("_index", "_outcomes", "deadline", "failures", "record", "size")

    def __init__(
        self, record: KinesisRecord, outcomes: PendingOutcomes, index: int, deadline: float
    ) -> None:
        self.record = record
        self.size = len(record.data) + 4 * len(record.key)
        self.deadline = deadline
        self.failures = 0
        self._outcomes = outcomes
        self._index = index

    def settle(self, outcome: KinesisOutcome) -> None:
        """Set the record's outcome, for its request."""
        self._outcomes.settle(self._index, outcome)


def queued_records(
    records: Sequence[KinesisRecord], deadline: float
) -> tuple[list[QueuedRecord], PendingOutcomes]:
    """A request's records for the queue, and the outcomes that the request waits for."""
    outcomes = PendingOutcomes(len(records))
    queued = [QueuedRecord(each, outcomes, index, deadline) for index, each in enumerate(records)]
    return queued, outcomes
