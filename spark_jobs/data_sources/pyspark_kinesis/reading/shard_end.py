"""The end of a shard at this moment, as a position that can be written down and read from again.

Kinesis has no call for it, and an iterator at LATEST says nothing that outlives it. So the records of the server's last
second are looked through, without being kept: the last one is the end. When there are none, the end is that second.
"""

from ..client.kinesis import Kinesis, Page, epoch_ms
from ..errors import RetriableError
from ..offset import Position

_SECOND = 1000
_MOST_PAGES = 1000
_LIMIT = 10_000
_LARGE = 5 * 2**20


def find_shard_end(kinesis: Kinesis, stream: str, shard_id: str, now: int) -> Position:
    """Find the end of a shard.

    Args:
        kinesis: Where to ask.
        stream: The shard's stream.
        shard_id: The shard.
        now: The server's clock in epoch ms, rounded down to the second.
    """
    end = Position(at=now)
    iterator: str | None = kinesis.iterator(stream, shard_id, end)
    for _ in range(_MOST_PAGES):
        if iterator is None:
            return end
        page = kinesis.records(iterator, _LIMIT)
        end = _last(page, end, now)
        if _caught_up(page) or _beyond(page, now):
            return end
        iterator = page.next_iterator
    raise RetriableError(f"the end of {stream}, {shard_id} was not reached")


def _last(page: Page, end: Position, now: int) -> Position:
    """The last record that was there when the clock was read, as far as a clock in seconds can tell."""
    for record in reversed(page.records):
        arrival = epoch_ms(record["ApproximateArrivalTimestamp"])
        if arrival < now + _SECOND:
            return Position(record["SequenceNumber"], arrival)
    return end


def _caught_up(page: Page) -> bool:
    """A page that was cut may say that nothing is behind it when the rest came within the same millisecond."""
    size = sum(len(record["Data"]) for record in page.records)
    return page.behind == 0 and len(page.records) < _LIMIT and size < _LARGE


def _beyond(page: Page, now: int) -> bool:
    """A shard that is written to without pause never lets us come to its end."""
    records = page.records
    return bool(records) and (epoch_ms(records[-1]["ApproximateArrivalTimestamp"]) >= now + _SECOND)
