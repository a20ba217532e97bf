"""Gathers the records of one stream into PutRecords calls, and retries those that were certainly not stored.

A record is sent at once when no call is in flight. While one is, records gather: until there are enough for a
call of their own, until a few milliseconds have passed and another call may go out, or until a call ends.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.gateway.kinesis.kinesis_calls import KinesisCalls
from services.gateway.kinesis.project_streams import ProjectStreams
from services.gateway.kinesis.put_outcome import (
    SERVICE_UNAVAILABLE,
    KinesisFailed,
    KinesisOutcome,
    not_sent,
    unknown,
)
from services.gateway.kinesis.queued_record import QueuedRecord
from services.gateway.metrics import GatewayMetrics
from services.records.kinesis_api import IN_USE, MAX_BATCH_RECORDS
from services.tables import STREAM_PATTERN

log = logging.getLogger(__name__)

MAX_CALL_BYTES = 5 * 1024 * 1024
"""Of one call; half of what Kinesis takes today, all of what it took before 2025."""

MAX_CALLS = 2
GATHER_SECONDS = 0.003
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.05, 1.0


@dataclass(frozen=True)
class QueueContext:
    """What all queues share.

    Attributes:
        retry_seconds: How long a record that is certainly not stored is retried.
    """

    calls: KinesisCalls
    streams: ProjectStreams
    metrics: GatewayMetrics
    retry_seconds: float


class StreamQueue:
    """The records of one stream that wait, back off after a failure, or are in flight."""

    def __init__(self, name: str, context: QueueContext, on_idle: Callable[[str], None]) -> None:
        self._name = name
        self._context = context
        self._on_idle = on_idle
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[QueuedRecord] = deque()
        self._waiting_bytes = 0
        self._backing_off: set[QueuedRecord] = set()
        self._in_flight: dict[asyncio.Task[None], list[QueuedRecord]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._abandoned = False

    def __len__(self) -> int:
        """Records that are not settled."""
        return len(self._waiting) + len(self._backing_off) + sum(map(len, self._in_flight.values()))

    def add(self, entries: Sequence[QueuedRecord]) -> None:
        """Take records to send."""
        self._waiting.extend(entries)
        self._waiting_bytes += sum(entry.size for entry in entries)
        self._schedule()

    def abandon(self) -> None:
        """Settle everything now: what is in flight as unknown, the rest as not sent."""
        self._abandoned = True
        for entries in self._in_flight.values():
            _settle(entries, unknown("the gateway stops"))
        _settle([*self._waiting, *self._backing_off], not_sent("the gateway stops"))
        self._waiting.clear()
        self._waiting_bytes = 0

    def _schedule(self) -> None:
        """Set the timer of the next call."""
        if not self._waiting or len(self._in_flight) >= MAX_CALLS:
            return
        due = self._loop.time() + (0 if not self._in_flight or self._full() else GATHER_SECONDS)
        if self._timer is not None:
            if self._timer.when() <= due:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._send)

    def _full(self) -> bool:
        return len(self._waiting) >= MAX_BATCH_RECORDS or self._waiting_bytes >= MAX_CALL_BYTES

    def _send(self) -> None:
        self._timer = None
        entries = self._take()
        if entries:
            task = self._loop.create_task(self._call(entries))
            self._in_flight[task] = entries
            task.add_done_callback(self._ended)
        self._schedule()

    def _take(self) -> list[QueuedRecord]:
        """The records of the next call, the oldest first; those past their deadline are settled as not sent."""
        taken: list[QueuedRecord] = []
        size, now = 0, self._loop.time()
        while self._waiting and len(taken) < MAX_BATCH_RECORDS:
            entry = self._waiting[0]
            if taken and size + entry.size > MAX_CALL_BYTES:
                break
            self._waiting.popleft()
            self._waiting_bytes -= entry.size
            if entry.deadline < now:
                entry.settle(
                    not_sent(f"Kinesis did not keep up for {self._context.retry_seconds:g} s")
                )
                continue
            taken.append(entry)
            size += entry.size
        return taken

    def _ended(self, task: "asyncio.Task[None]") -> None:
        entries = self._in_flight.pop(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("unforeseen failure of a call for %s", self._name, exc_info=error)
            _settle(entries, unknown("the gateway failed"))
        self._schedule()
        if not len(self):
            self._on_idle(self._name)

    async def _call(self, entries: list[QueuedRecord]) -> None:
        """One call, and what follows from its outcomes."""
        answer = await self._context.calls.put(self._name, [entry.record for entry in entries])
        self._context.metrics.batch_records.observe(len(entries))
        if not isinstance(answer, KinesisFailed):
            self._settle_or_retry(entries, answer)
        elif answer.of_the_request and len(entries) > 1:
            await self._bisect(entries)
        else:
            missing = answer.missing_stream or answer.kind == IN_USE
            failed = await self._create_stream(answer) if missing else answer
            self._settle_or_retry(entries, [failed] * len(entries))

    async def _bisect(self, entries: list[QueuedRecord]) -> None:
        """Find the record for which Kinesis refused a whole call, and send the others."""
        middle = len(entries) // 2
        await self._call(entries[:middle])
        await self._call(entries[middle:])

    async def _create_stream(self, missing: KinesisFailed) -> KinesisFailed:
        """Create a stream of the project's; returns the failure of the records that found none."""
        if not STREAM_PATTERN.fullmatch(self._name):
            return missing
        return await self._context.streams.create(self._name) or missing._replace(retriable=True)

    def _settle_or_retry(
        self, entries: Sequence[QueuedRecord], outcomes: Sequence[KinesisOutcome]
    ) -> None:
        again: list[QueuedRecord] = []
        for entry, outcome in zip(entries, outcomes, strict=True):
            if isinstance(outcome, KinesisFailed) and self._may_retry(entry, outcome):
                again.append(entry)
            else:
                entry.settle(outcome)
        if again:
            self._back_off(again, outcomes[0])

    def _may_retry(self, entry: QueuedRecord, failed: KinesisFailed) -> bool:
        """When Kinesis has been unavailable for long, a new record does not wait its whole time for it."""
        unavailable = self._context.calls.unavailable_seconds
        gone = failed.kind == SERVICE_UNAVAILABLE and unavailable > self._context.retry_seconds
        in_time = self._loop.time() + LONGEST_BACKOFF_SECONDS < entry.deadline
        return failed.retriable and in_time and not gone and not self._abandoned

    def _back_off(self, entries: list[QueuedRecord], first: KinesisOutcome) -> None:
        """Exponential back-off with jitter for records that were not stored."""
        for entry in entries:
            entry.failures += 1
        missing = isinstance(first, KinesisFailed) and first.missing_stream
        most = FIRST_BACKOFF_SECONDS * 2 ** (entries[0].failures - 1)
        longest = FIRST_BACKOFF_SECONDS if missing else min(LONGEST_BACKOFF_SECONDS, most)
        self._backing_off.update(entries)
        delay = longest * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries, guards no secret
        self._loop.call_later(delay, self._requeue, entries)

    def _requeue(self, entries: list[QueuedRecord]) -> None:
        """Put records whose back-off is over before those that came later."""
        self._backing_off.difference_update(entries)
        if self._abandoned:
            return
        self._waiting.extendleft(reversed(entries))
        self._waiting_bytes += sum(entry.size for entry in entries)
        self._schedule()


def _settle(entries: Sequence[QueuedRecord], outcome: KinesisOutcome) -> None:
    for entry in entries:
        entry.settle(outcome)
