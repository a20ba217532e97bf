"""One stream: which shard takes which record; resharding, trimming, deleting on disk."""

import shutil
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.files import sync_folder
from services.kinesis.group_commit import Commit
from services.kinesis.shard import StreamShard
from services.kinesis.storage.description import ShardDescription, StreamDescription, save
from services.kinesis.storage.shard_log import Rolling, ShardLog
from services.kinesis.storage.stream_folders import DELETED
from services.records.kinesis_api import INTERNAL_FAILURE, KinesisError


class Entry(NamedTuple):
    """A record to be written; `hash_key` decides its shard."""

    key: str
    hash_key: int
    data: bytes


class PutResult(NamedTuple):
    shard_id: str
    sequence_number: str


class KinesisStream:
    """A stream that exists; `engine` creates and opens them."""

    def __init__(
        self,
        folder: Path,
        described: StreamDescription,
        rolling: Rolling,
    ) -> None:
        self.description = described
        self._folder = folder
        self._rolling = rolling
        self.shards: dict[int, StreamShard] = {}
        self._adopt(self._newly_opened(described))

    @property
    def name(self) -> str:
        return self.description.name

    def put(self, entries: Iterable[Entry], now_ms: int) -> list[PutResult | KinesisError]:
        """Write records; one result each, in their order: where it is stored, or why it is not.

        Nothing may be told of them before `unsynced` is synced.
        """
        entries = list(entries)
        results: dict[int, PutResult | KinesisError] = {}
        for number, indexes in self._by_shard(entries).items():
            written = self._write(self.shards[number], [entries[i] for i in indexes], now_ms)
            results.update(zip(indexes, written, strict=True))
        return [results[index] for index in range(len(entries))]

    def unsynced(self) -> list[Commit]:
        """What has been written and would be lost with the power."""
        logs = (shard.log for shard in self._open)
        return [Commit.of(log) for log in logs if log.next < log.end]

    def _by_shard(self, entries: list[Entry]) -> dict[int, list[int]]:
        """Number of a shard → indexes of the records whose hash keys are its own."""
        indexes: dict[int, list[int]] = defaultdict(list)
        for index, entry in enumerate(entries):
            shard = self._open[bisect_right(self._starts, entry.hash_key) - 1]
            indexes[shard.description.number].append(index)
        return indexes

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
        shard_id = shard.description.shard_id
        return [
            PutResult(shard_id, number) for number in shard.numbers.numbers(first, len(entries))
        ]

    def change(self, described: StreamDescription) -> None:
        """Replace the description, on the disk first: a kill leaves the old one or the new one.

        Raises:
            OSError: the disk is full, or fails; nothing has changed.
        """
        opened = self._newly_opened(described)
        try:
            save(self._folder, described)
        except OSError:
            for shard in opened.values():
                shard.log.delete()
            raise
        self.description = described
        self._adopt(opened)

    def _newly_opened(self, described: StreamDescription) -> dict[int, StreamShard]:
        """The shards that are not open yet: before the change, so that it cannot fail halfway."""
        return {
            shard.number: self._opened(shard)
            for shard in described.shards
            if shard.number not in self.shards
        }

    def reshard(self, change: Callable[[dict[int, int]], StreamDescription]) -> None:
        """Split or merge; `change` gets shard number → the counter after its last record.

        Raises:
            OSError: the disk is full, or fails; nothing has changed.
        """
        for commit in self.unsynced():
            commit.sync()
        self.change(change({number: shard.log.end for number, shard in self.shards.items()}))

    def _adopt(self, opened: dict[int, StreamShard]) -> None:
        """Bring the shards in line with the description."""
        self.shards |= opened
        described = {shard.number: shard for shard in self.description.shards}
        for number in [number for number in self.shards if number not in described]:
            self.shards.pop(number).log.delete()
        for number, shard in self.shards.items():
            shard.description = described[number]
        self._open = [self.shards[shard.number] for shard in self.description.open_shards]
        self._starts = [shard.description.range.start for shard in self._open]

    def _opened(self, described: ShardDescription) -> StreamShard:
        log = ShardLog(self._folder / described.shard_id, self._rolling)
        return StreamShard(described, self.description.created_ms, log)

    def trim(self, now_ms: int) -> None:
        """Delete what is older than the retention period: records, and closed shards with nothing left."""
        horizon = now_ms - self.description.retention_ms
        for shard in self.shards.values():
            shard.log.trim(horizon, now_ms)
        kept = tuple(
            s for s in self.description.shards if s.closed_ms is None or s.closed_ms >= horizon
        )
        if len(kept) < len(self.description.shards):
            self.change(msgspec.structs.replace(self.description, shards=kept))

    def close(self) -> None:
        for shard in self.shards.values():
            shard.log.close()

    def delete(self) -> None:
        """Remove everything from the disk; in one step as far as a later start is concerned."""
        self.close()
        gone = self._folder.with_name(f"{self.name}{DELETED}{self.description.created_ms}")
        self._folder.rename(gone)
        sync_folder(gone.parent)
        shutil.rmtree(gone)
