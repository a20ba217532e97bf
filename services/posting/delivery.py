"""Sends records until each is acked or given up, and journals what became of every attempt."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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


class Stop:
    """A wish to end early: shared by all threads of a worker, and a wait that it cuts short."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Take no new turn from now on."""
        self._event.set()

    @property
    def wanted(self) -> bool:
        """Somebody wants the work to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the end is wanted."""
        self._event.wait(seconds)


@dataclass
class _Settled:
    """What is known of a request's records so far.

    Attributes:
        tally: Counts of its table.
        doubted: Records that an earlier attempt may have stored.
    """

    tally: Tally = field(default_factory=Tally)
    doubted: set[Record] = field(default_factory=set)


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
        stop: Stop,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._destination = destination
        self._journal = journal
        self._policy = policy
        self._stop = stop
        self._clock = clock

    @property
    def layer(self) -> Layer:
        """The layer that it feeds."""
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
        tally, patience = Tally(), self._policy.deadline
        to = self._destination
        for request in requests(records, to.most_records, to.most_bytes):
            part = self._deliver(request, patience)
            patience = 0.0 if part.total().blocked else self._policy.deadline
            tally.add(part)
        return tally

    def _deliver(self, records: Sequence[Record], patience: float) -> Tally:
        """Send the records of one request, for so many seconds."""
        settled = _Settled()
        settled.tally.of(self.layer, records[0].table).posted += len(records)
        deadline = self._clock() + patience
        pending, failures = list(records), 0
        while pending:
            attempts = self._destination.send(pending, self._timeout(deadline))
            failures += 1
            delay = self._delay(attempts, failures, deadline)
            pending = self._settle(pending, attempts, settled, retry=delay is not None)
            if pending and delay is not None:
                self._stop.wait(delay)
        return settled.tally

    def _timeout(self, deadline: float) -> float:
        left = deadline - self._clock()
        return min(self._policy.answer, max(_SHORTEST_TIMEOUT, left))

    def _delay(
        self, attempts: Sequence[AttemptResult], failures: int, deadline: float
    ) -> float | None:
        """Seconds until the next attempt; None when there is none."""
        asked = max(
            (each.retry_after for each in attempts if isinstance(each, FailedAttempt)), default=0
        )
        delay = self._policy.delay(failures, asked, draw_jitter())
        if self._stop.wanted or self._clock() + delay > deadline:
            return None
        return delay

    def _settle(
        self,
        records: Sequence[Record],
        attempts: Sequence[AttemptResult],
        settled: _Settled,
        *,
        retry: bool,
    ) -> list[Record]:
        """Write down all attempts and return the records to send again."""
        again: list[Record] = []
        lines: list[JournalLine] = []
        for record, attempt in zip(records, attempts, strict=True):
            resend = retry and isinstance(attempt, FailedAttempt) and attempt.retriable
            if isinstance(attempt, FailedAttempt) and not attempt.certain:
                settled.doubted.add(record)
            lines += self._lines(record, attempt, quiet=resend or record in settled.doubted)
            self._count(settled.tally, record, attempt, resend=resend)
            if resend:
                again.append(record)
        self._journal.write(lines)
        return again

    def _lines(self, record: Record, attempt: AttemptResult, *, quiet: bool) -> list[JournalLine]:
        """A rejected line vouches for the record, so one that is tried again or in doubt has none."""
        if quiet and isinstance(attempt, FailedAttempt) and attempt.certain:
            return []
        return [journal_line(self.layer, self._destination.name(record.table), record, attempt)]

    def _count(self, tally: Tally, record: Record, attempt: AttemptResult, *, resend: bool) -> None:
        counts = tally.of(self.layer, record.table)
        if not isinstance(attempt, FailedAttempt):
            counts.acked += 1
            return
        counts.unknown += not attempt.certain
        if not resend:
            counts.failed += 1
            counts.expired += attempt.retriable
            tally.blame(attempt.cause, f"{self.layer} {record.table.name} {record.ind}")
