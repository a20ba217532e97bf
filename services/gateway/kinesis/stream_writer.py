"""Puts records into streams, one queue a stream, and returns what became of each."""

import asyncio
from collections.abc import Sequence

from services.gateway.kinesis.put_outcome import KinesisFailed, KinesisOutcome
from services.gateway.kinesis.queued_record import queued_records
from services.gateway.kinesis.request_bodies import KinesisRecord
from services.gateway.kinesis.stream_queue import QueueContext, StreamQueue


class StreamWriter:
    """The queues of all streams in use. All methods belong to the event loop's thread."""

    def __init__(self, context: QueueContext) -> None:
        self._context = context
        self._queues: dict[str, StreamQueue] = {}
        self._abandoned = False

    def __len__(self) -> int:
        """Records that are not settled."""
        return sum(map(len, self._queues.values()))

    async def write(self, stream: str, records: Sequence[KinesisRecord]) -> list[KinesisOutcome]:
        """One outcome a record, in the same order, when each is stored or failed."""
        deadline = asyncio.get_running_loop().time() + self._context.retry_seconds
        entries, outcomes = queued_records(records, deadline)
        queue = self._queues.get(stream) or self._open(stream)
        queue.add(entries)
        if self._abandoned:
            queue.abandon()
        settled = await outcomes.all()
        self._count(stream, settled)
        return settled

    def abandon(self) -> None:
        """Settle at once: what is in flight as unknown, the rest as not sent."""
        self._abandoned = True
        for queue in self._queues.values():
            queue.abandon()

    def _open(self, stream: str) -> StreamQueue:
        queue = StreamQueue(stream, self._context, self._close)
        self._queues[stream] = queue
        return queue

    def _close(self, stream: str) -> None:
        """Remove an idle queue: streams' names may be anything, so they would pile up."""
        del self._queues[stream]

    def _count(self, stream: str, outcomes: Sequence[KinesisOutcome]) -> None:
        """A stream that does not exist gets no counter: its name may be anything."""
        for outcome in outcomes:
            if not isinstance(outcome, KinesisFailed):
                self._context.metrics.stream_records(stream, "stored").inc()
            elif not outcome.missing_stream:
                kind = "failed" if outcome.certain else "unknown"
                self._context.metrics.stream_records(stream, kind).inc()
