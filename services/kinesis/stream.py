"""One stream: its description, the records of its shards, and which shard takes which record."""

import shutil
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.kinesis.sequence_numbers import SequenceNumbers
from services.kinesis.storage import description
from services.kinesis.storage.description import ShardDescription, StreamDescription
from services.kinesis.storage.shard_log import Rolling, ShardLog
from services.kinesis.throttle import Throttle, WriteLimits
from services.records.kinesis_api import INTERNAL_FAILURE, THROTTLED, KinesisError, record_bytes


class Entry(NamedTuple):
    """A record to be written: its key, its place in the hash space, its data."""

    key: str
    hash_key: int
    data: bytes


class PutResult(NamedTuple):
    """Where a record was stored."""

    shard_id: str
    sequence_number: str


class StreamShard:
    """A shard's description, its records, and its numbers."""

    def __init__(self, described: ShardDescription, created_ms: int, log: ShardLog) -> None:
        self.described = described
        self.log = log
        self.numbers = SequenceNumbers(created_ms, described.number)
        self.throttle: Throttle | None = None

    @property
    def end(self) -> int | None:
        """The counter after the last record of a closed shard; None while it is open."""
        return self.described.ending


class KinesisStream:
    """A stream that is there; `engine` makes and opens them."""

    def __init__(
        self,
        folder: Path,
        described: StreamDescription,
        rolling: Rolling,
        limits: WriteLimits | None,
    ) -> None:
        self.described = described
        self._folder = folder
        self._rolling = rolling
        self._limits = limits
        self.shards: dict[int, StreamShard] = {}
        self._adopt(self._newly_opened(described))

    @property
    def name(self) -> str:
        """The stream's name."""
        return self.described.name

    def put(self, entries: Iterable[Entry], now_ms: int) -> list[PutResult | KinesisError]:
        """Write records; one answer for each, in their order: where it is, or why it is nowhere."""
        entries = list(entries)
        answers: dict[int, PutResult | KinesisError] = {}
        for shard, places in self._sorted_by_shard(entries, now_ms, answers):
            answers.update(
                zip(places, self._write(shard, [entries[p] for p in places], now_ms), strict=True)
            )
        return [answers[place] for place in range(len(entries))]

    def _sorted_by_shard(
        self, entries: list[Entry], now_ms: int, refused: dict[int, PutResult | KinesisError]
    ) -> list[tuple[StreamShard, list[int]]]:
        """Which shard gets the records at which places; those over its limits are refused."""
        chosen: dict[int, list[int]] = defaultdict(list)
        for place, entry in enumerate(entries):
            shard = self._open[bisect_right(self._starts, entry.hash_key) - 1]
            if self._takes(shard, entry, now_ms):
                chosen[shard.described.number].append(place)
            else:
                text = f"Rate exceeded for shard {shard.described.shard_id} in stream {self.name}."
                refused[place] = KinesisError(THROTTLED, text)
        return [(self.shards[number], places) for number, places in chosen.items()]

    @staticmethod
    def _takes(shard: StreamShard, entry: Entry, now_ms: int) -> bool:
        if shard.throttle is None:
            return True
        return shard.throttle.takes(record_bytes(entry.key, len(entry.data)), now_ms)

    @staticmethod
    def _write(
        shard: StreamShard, entries: list[Entry], now_ms: int
    ) -> list[PutResult | KinesisError]:
        records = [(entry.key.encode(errors="surrogatepass"), entry.data) for entry in entries]
        try:
            first = shard.log.append(records, now_ms)
        except OSError as error:
            failure = KinesisError(INTERNAL_FAILURE, f"Internal Service Failure: {error}", 500)
            return [failure] * len(entries)
        shard_id = shard.described.shard_id
        return [
            PutResult(shard_id, number) for number in shard.numbers.numbers(first, len(entries))
        ]

    def change(self, described: StreamDescription) -> None:
        """Take on another description, on the disk first: a kill leaves the old one or the new one.

        Raises:
            OSError: the disk is full, or fails; nothing has changed.
        """
        opened = self._newly_opened(described)
        try:
            description.save(self._folder, described)
        except OSError:
            for shard in opened.values():
                shard.log.delete()
            raise
        self.described = described
        self._adopt(opened)

    def _newly_opened(self, described: StreamDescription) -> dict[int, StreamShard]:
        """The shards that are not open yet: before the change, so that it cannot fail halfway."""
        return {
            shard.number: self._opened(shard)
            for shard in described.shards
            if shard.number not in self.shards
        }

    def reshard(self, change: Callable[[dict[int, int]], StreamDescription]) -> None:
        """Change the shards; `change` is given the end of each shard's records."""
        self.change(change({number: shard.log.next for number, shard in self.shards.items()}))

    def _adopt(self, opened: dict[int, StreamShard]) -> None:
        """Bring the shards in line with the description."""
        self.shards |= opened
        described = {shard.number: shard for shard in self.described.shards}
        for number in [number for number in self.shards if number not in described]:
            self.shards.pop(number).log.delete()
        for number, shard in self.shards.items():
            shard.described = described[number]
        self._open = [self.shards[shard.number] for shard in self.described.open_shards]
        self._starts = [shard.described.range.start for shard in self._open]

    def _opened(self, described: ShardDescription) -> StreamShard:
        log = ShardLog(self._folder / described.shard_id, self._rolling)
        shard = StreamShard(described, self.described.created_ms, log)
        shard.throttle = Throttle(self._limits) if self._limits else None
        return shard

    def forget(self, now_ms: int) -> None:
        """Give up what is older than the retention: records, and closed shards with nothing left."""
        horizon = now_ms - self.described.retention_ms
        for shard in self.shards.values():
            shard.log.forget(horizon, now_ms)
        kept = tuple(
            s for s in self.described.shards if s.closed_ms is None or s.closed_ms >= horizon
        )
        if len(kept) < len(self.described.shards):
            self.change(msgspec.structs.replace(self.described, shards=kept))

    def close(self) -> None:
        """Let go of the files."""
        for shard in self.shards.values():
            shard.log.close()

    def delete(self) -> None:
        """Remove everything from the disk; in one step as far as a later start is concerned."""
        self.close()
        gone = self._folder.with_name(f"{self.name}{GONE}{self.described.created_ms}")
        self._folder.rename(gone)
        shutil.rmtree(gone)


GONE = "~deleted-"
"""In the name of a folder whose stream was deleted; no stream's name can hold it."""
