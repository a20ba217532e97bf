"""When records became visible in Delta tables: the tables' logs are watched from outside of Spark."""

import threading
import time
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pyarrow.parquet as pq

from benchmarks.load.stream_load import RecordId
from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.lake import speed_tier

_POLL_SECONDS = 0.01


class DeltaWatch:
    """Notes for each record of the speed tables when its commit appeared.

    Attributes:
        visible_at: Table → record → when it was first seen, in `time.monotonic()` seconds.
    """

    def __init__(self, settings: Settings) -> None:
        folders = {table: speed_tier(settings, table).rows.folder for table in TABLES}
        self._tables = {table: _Log(folder) for table, folder in folders.items()}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.visible_at: dict[Table, dict[RecordId, float]] = {table: {} for table in TABLES}

    def __enter__(self) -> "DeltaWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def rows(self) -> int:
        """Records seen so far."""
        return sum(len(seen) for seen in self.visible_at.values())

    def _watch(self) -> None:
        while not self._stop.wait(_POLL_SECONDS):
            for table, log in self._tables.items():
                for record_id in log.new_records():
                    self.visible_at[table][record_id] = log.seen


class _Log:
    """The commits of one table, read one after the other as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = self._newest() + 1
        self.seen = 0.0

    def new_records(self) -> list[RecordId]:
        """Records of the next commit; `seen` is when it was found."""
        commit = self._commit(self._next)
        if not commit.exists():
            return []
        self.seen = time.monotonic()
        self._next += 1
        actions = map(msgspec.json.decode, commit.read_bytes().splitlines())
        added = [action["add"] for action in actions if "add" in action]
        return [
            record_id
            for add in added
            if add["dataChange"]
            for record_id in self._record_ids(add["path"])
        ]

    def _record_ids(self, path: str) -> list[RecordId]:
        file = pq.read_table(self._folder / unquote(path), columns=["shardId", "sequenceNumber"])
        shards, numbers = (column.to_pylist() for column in file.columns)
        return [(shard, int(number)) for shard, number in zip(shards, numbers, strict=True)]

    def _commit(self, version: int) -> Path:
        return self._folder / "_delta_log" / f"{version:020}.json"

    def _newest(self) -> int:
        names = (file.stem for file in (self._folder / "_delta_log").glob("*.json"))
        return max((int(name) for name in names if name.isdigit()), default=-1)
