"""Reads one shard, page by page, from a position on."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from ..client.kinesis import Kinesis, Page, epoch_ms
from ..errors import IteratorExpiredError, RetriableError
from ..offset import Position
from .loss import LossPolicy

Record = dict[str, Any]


@dataclass(frozen=True)
class Bound:
    """Where to stop: with this number, or before the first record that arrived at this time (epoch ms).

    Neither is the shard's end.
    """

    number: int | None = None
    before: int | None = None

    def holds(self, record: Record) -> bool:
        """Does the record lie before the bound?"""
        if self.number is not None:
            return int(record["SequenceNumber"]) <= self.number
        return self.before is None or _arrival(record) < self.before


class ShardReader:
    """One shard, and the iterator that is kept from poll to poll.

    Attributes:
        position: Up to where the records that `poll` returned go.
        done: Nothing more is to be read: the bound is reached, or the shard's end.
        loss: What to do about records that are gone.
    """

    def __init__(
        self,
        kinesis: Kinesis,
        shard_key: tuple[str, str],
        position: Position,
        loss: LossPolicy,
        bound: Bound | None = None,
    ) -> None:
        self.position = position
        self.done = position.closed
        self.loss = loss
        self._kinesis = kinesis
        self._stream, self._shard_id = shard_key
        self._bound = bound
        self._iterator: str | None = None
        self._is_first = True
        self._not_before = position.at if position.after is None else None

    def poll(self, limit: int, ending: str | None = None) -> list[Record]:
        """The next records; at most `limit`, none when there is nothing new.

        Args:
            limit: Most records of this page.
            ending: EndingSequenceNumber, when the shard was known to be closed before this call.

        Raises:
            DataLossError: records were deleted before they were read.
            RetriableError: Kinesis cannot answer now; nothing has changed, call again later.
        """
        page = self._page(limit)
        records = self._from_timestamp(self._unread(page.records))
        kept = self._before_bound(records)
        self._iterator = page.next_iterator
        at_end = len(kept) == len(records) and _ended(page, ending)
        self._move(kept, closed=at_end)
        self.done = at_end or len(kept) < len(records) or self._reached(page)
        return kept

    def _page(self, limit: int) -> Page:
        """An expired iterator is replaced at once: nothing is wrong."""
        if self._iterator is not None:
            try:
                return self._kinesis.records(self._iterator, limit)
            except IteratorExpiredError:
                self._iterator = None
        self._is_first = True
        iterator = self._kinesis.iterator(self._stream, self._shard_id, self.position)
        try:
            return self._kinesis.records(iterator, limit)
        except IteratorExpiredError as error:
            raise RetriableError(f"a new iterator has expired: {error}") from error

    def _unread(self, records: list[Record]) -> list[Record]:
        """A new iterator begins with the record that was read last: see that it is there, and leave it out."""
        if not self._is_first or not records:
            return records
        self._is_first = False
        after, first = self.position.after, records[0]
        if after is not None and first["SequenceNumber"] == after:
            return records[1:]
        self._check_gap(first)
        return [record for record in records if int(record["SequenceNumber"]) > int(after or -1)]

    def _check_gap(self, first: Record) -> None:
        """The oldest record left is not the one that was read last."""
        after, at = self.position.after, self.position.at
        if after is not None or (at is not None and at < self.loss.horizon):
            where = f"{self._stream}, {self._shard_id}"
            last = f"record {after}" if after is not None else f"time {at}"
            self.loss.gap(where, last, _arrival(first))

    def _from_timestamp(self, records: list[Record]) -> list[Record]:
        """Some clients send whole seconds, so AT_TIMESTAMP may begin a little too early."""
        if self._not_before is None:
            return records
        for index, record in enumerate(records):
            if _arrival(record) >= self._not_before:
                self._not_before = None
                return records[index:]
        return []

    def _before_bound(self, records: list[Record]) -> list[Record]:
        bound = self._bound
        return records if bound is None else list(takewhile(bound.holds, records))

    def _move(self, records: list[Record], *, closed: bool) -> None:
        after, at = self.position.after, self.position.at
        if records:
            after, at = records[-1]["SequenceNumber"], _arrival(records[-1])
        self.position = Position(after, at, closed)

    def _reached(self, page: Page) -> bool:
        """Every record of a bounded reader was there before it began, so being caught up is the end."""
        if self._bound is None:
            return False
        after = self.position.after
        if self._bound.number is not None and after is not None:
            return int(after) >= self._bound.number or _caught_up(page)
        return _caught_up(page)


def _ended(page: Page, ending: str | None) -> bool:
    """Kinesis ends a closed shard with no next iterator; some emulators never do."""
    return page.next_iterator is None or (ending is not None and _caught_up(page))


def _caught_up(page: Page) -> bool:
    return page.behind == 0 and not page.records


def _arrival(record: Record) -> int:
    return epoch_ms(record["ApproximateArrivalTimestamp"])
