"""Sends records until each is acked or given up, and journals what became of every attempt."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from services.posting.destinations.destination import Destination, requests
from services.posting.retry import RetryPolicy, draw_jitter
from services.posting.tally import Tally
from services.records.attempt import AttemptResult, FailedAttempt
from services.records.journal import JournalWriter
from services.records.journal_line import JournalLine, journal_line
from services.records.layer import Layer
from services.records.record import Record

_SHORTEST_TIMEOUT = 1.0
"""Seconds that even the last attempt waits for an answer."""


@dataclass
class _Progress:
    """What became of a request's records so far.

    Attributes:
        tally: Counts of its table.
        in_doubt: Records that an earlier attempt may have stored.
    """

    tally: Tally = field(default_factory=Tally)
    in_doubt: set[Record] = field(default_factory=set)


class Delivery:
    """Delivers records of one table to one layer; several threads may each deliver their own.

    Args:
        destination: Where records go.
        journal: Where outcomes are written, before anything else is sent.
        policy: When to send again.
        stop: After it is set, what fails is sent once more at once, and then given up.
        clock: A monotonic clock in seconds.
    """

    def __init__(
        self,
        destination: Destination,
        journal: JournalWriter,
        policy: RetryPolicy,
        stop: Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._destination = destination
        self._journal = journal
        self._policy = policy
        self._stop = stop
        self._clock = clock

    @property
    def layer(self) -> Layer:
        return self._destination.layer

    @property
    def journaled(self) -> int:
        """Bytes in its journal, all of them whole lines."""
        return self._journal.position

    def deliver(self, records: Sequence[Record]) -> Tally:
        """Send the records, in as few requests as they fit in, until each is settled.

        After a request of which nothing got through, the others are tried only once.

        Raises:
            JournalError: an outcome could not be written down.
        """
        tally, seconds = Tally(), self._policy.deadline
        to = self._destination
        for request in requests(records, to.most_records, to.most_bytes):
            part = self._deliver(request, seconds)
            seconds = 0.0 if part.total().blocked else self._policy.deadline
            tally.add(part)
        return tally

    def _deliver(self, records: Sequence[Record], seconds: float) -> Tally:
        """Send the records of one request, for so many seconds."""
        progress = _Progress()
        progress.tally.of(self.layer, records[0].table).posted += len(records)
        deadline = self._clock() + seconds
        pending, failures = list(records), 0
        while pending:
            results = self._destination.send(pending, self._timeout(deadline))
            failures += 1
            delay = self._delay(results, failures, deadline)
            pending = self._settle(pending, results, progress, retry=delay is not None)
            if pending and delay is not None:
                self._stop.wait(delay)
        return progress.tally

    def _timeout(self, deadline: float) -> float:
        left = deadline - self._clock()
        return min(self._policy.answer, max(_SHORTEST_TIMEOUT, left))

    def _delay(
        self, results: Sequence[AttemptResult], failures: int, deadline: float
    ) -> float | None:
        """Seconds until the next attempt; None when there is none."""
        asked = max(
            (each.retry_after for each in results if isinstance(each, FailedAttempt)), default=0
        )
        delay = self._policy.delay(failures, asked, draw_jitter())
        if self._stop.is_set() or self._clock() + delay > deadline:
            return None
        return delay

    def _settle(
        self,
        records: Sequence[Record],
        results: Sequence[AttemptResult],
        progress: _Progress,
        *,
        retry: bool,
    ) -> list[Record]:
        """Write down all attempts and return the records to send again."""
        again: list[Record] = []
        lines: list[JournalLine] = []
        for record, result in zip(records, results, strict=True):
            resend = retry and isinstance(result, FailedAttempt) and result.retriable
            if isinstance(result, FailedAttempt) and not result.certain:
                progress.in_doubt.add(record)
            lines += self._lines(record, result, quiet=resend or record in progress.in_doubt)
            self._count(progress.tally, record, result, resend=resend)
            if resend:
                again.append(record)
        self._journal.write(lines)
        return again

    def _lines(self, record: Record, result: AttemptResult, *, quiet: bool) -> list[JournalLine]:
        """A rejected line vouches for the record, so one that is tried again or in doubt has none."""
        if quiet and isinstance(result, FailedAttempt) and result.certain:
            return []
        return [journal_line(self.layer, self._destination.name(record.table), record, result)]

    def _count(self, tally: Tally, record: Record, result: AttemptResult, *, resend: bool) -> None:
        counts = tally.of(self.layer, record.table)
        if not isinstance(result, FailedAttempt):
            counts.acked += 1
            return
        counts.unknown += not result.certain
        if not resend:
            counts.failed += 1
            counts.expired += result.retriable
            tally.blame(result.cause, f"{self.layer} {record.table.name} {record.ind}")
