"""A reader over the fake Kinesis, driven as Spark drives it; no time passes but by the fake's clock."""

from collections.abc import Iterator
from typing import Any

from spark_jobs.data_sources.pyspark_kinesis import offset, options
from spark_jobs.data_sources.pyspark_kinesis.client.kinesis import Kinesis
from spark_jobs.data_sources.pyspark_kinesis.reading.fetcher import Fetcher
from spark_jobs.data_sources.pyspark_kinesis.reading.replay import Replay
from tests.unit.pyspark_kinesis.fake_kinesis import FakeKinesis

Offset = dict[str, Any]


class Query:
    """One run of a query; its clock goes with each wait."""

    def __init__(self, fake: FakeKinesis, **given: str) -> None:
        self._seconds = 0.0
        self.options = options.parse({"streamName": "s", "initialPosition": "earliest", **given})
        self.kinesis = Kinesis(fake, page_size=2)
        self.fetcher = Fetcher(self.kinesis, self.options, self._clock, self._wait)

    def starting_offset(self) -> Offset:
        """The first offset."""
        return offset.dump(self.fetcher.starting_offset())

    def next(self, start: Offset) -> tuple[list[str], Offset]:
        """One micro-batch: the values, and the end."""
        batch = self.fetcher.next_batch(offset.load(start), timeout=1.0)
        values = [value for page in batch.pages for value in _values(page)]
        return values, offset.dump(batch.offset)

    def batches(self, start: Offset) -> Iterator[tuple[list[str], Offset]]:
        """Micro-batches until there is nothing new."""
        values, end = self.next(start)
        while end != start:
            yield values, end
            start = end
            values, end = self.next(start)

    def drain(self, start: Offset) -> tuple[list[str], Offset]:
        """All that is new, and the end."""
        found: list[str] = []
        for values, end in self.batches(start):
            found += values
            start = end
        return found, start

    def idle(self, offset: Offset, polls: int = 100) -> None:
        """Poll again and again from the same offset, a second each time."""
        for _ in range(polls):
            self.next(offset)

    def pause(self, seconds: float) -> None:
        """Let time pass for this query."""
        self._wait(seconds)

    def between(self, start: Offset, end: Offset) -> list[str]:
        """A planned batch, once more."""
        replay = Replay(self.kinesis, self.options, self._wait)
        pages = replay.between(offset.load(start), offset.load(end))
        return [value for page in pages for value in _values(page)]

    def _clock(self) -> float:
        return self._seconds

    def _wait(self, seconds: float) -> None:
        self._seconds += seconds


def _values(page: Any) -> list[str]:
    return [data.decode() for data in page.column(1).to_pylist()]
