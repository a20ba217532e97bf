"""A record on its way: whose it is, how long it may be tried, and what became of it."""

import asyncio
from collections.abc import Sequence

from services.gateway.kinesis.put_outcome import KinesisOutcome
from services.gateway.kinesis.request_bodies import KinesisRecord


class PendingOutcomes:
    """The outcomes of one request's records, in request order, and who waits for them."""

    __slots__ = ("_done", "_missing", "_outcomes")

    def __init__(self, count: int) -> None:
        self._outcomes: list[KinesisOutcome | None] = [None] * count
        self._missing = count
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, index: int, outcome: KinesisOutcome) -> None:
        """Say what became of one record; what is said first holds."""
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
    """One record that waits or is out.

    Attributes:
        size: Bytes that it counts in a call.
        deadline: Loop time after which it is not sent again.
        failures: How often Kinesis refused it for the moment.
    """

    __slots__ = ("_answers", "_index", "deadline", "failures", "record", "size")

    def __init__(
        self, record: KinesisRecord, answers: PendingOutcomes, index: int, deadline: float
    ) -> None:
        self.record = record
        self.size = len(record.data) + 4 * len(record.key)
        self.deadline = deadline
        self.failures = 0
        self._answers = answers
        self._index = index

    def settle(self, outcome: KinesisOutcome) -> None:
        """Tell the request what became of this record."""
        self._answers.settle(self._index, outcome)


def queued_records(
    records: Sequence[KinesisRecord], deadline: float
) -> tuple[list[QueuedRecord], PendingOutcomes]:
    """One entry a record, and where their outcomes come together."""
    answers = PendingOutcomes(len(records))
    entries = [
        QueuedRecord(record, answers, index, deadline) for index, record in enumerate(records)
    ]
    return entries, answers
