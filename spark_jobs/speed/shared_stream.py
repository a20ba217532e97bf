"""A stream with rows of all three tables: one query reads it, and appends to all of their tables.

Such a row's `shardId` is `<stream>/<shard>`: shards of different streams have the same names, and sequence numbers of
one stream say nothing in another.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
from deltalake import DeltaTable

from services.settings import Settings
from services.streams import checkpoint
from services.tables import TABLES
from spark_jobs.lake import DeltaPath, speed_quarantine, speed_tier
from spark_jobs.speed.guard import RefusedError


@dataclass(frozen=True)
class SharedStream:
    """A shared stream's place in the speed layer.

    Attributes:
        lake: Root of the lake.
        stream: Its name.
        rows: Table name → the Delta table that takes its rows.
    """

    lake: Path
    stream: str
    rows: dict[str, DeltaPath]

    @property
    def checkpoint(self) -> Path:
        return self.lake / "speed" / "_checkpoints" / f"stream={self.stream}"

    @property
    def quarantine(self) -> DeltaPath:
        return speed_quarantine(self.lake)

    def query_id(self) -> str:
        """Identifier of the query that reads it; a new one for a stream that nobody has read yet.

        Raises:
            RefusedError: streaming would double or lose records.
        """
        known = checkpoint.query_id(self.checkpoint)
        if known is None:
            if self._holds_records():
                raise self._refused("its checkpoint is gone, so nobody knows how far it has come")
            return checkpoint.begin(self.checkpoint)
        done = self._done(known)
        checkpoint.drop_torn(self.checkpoint, done)
        planned = checkpoint.newest_planned(self.checkpoint)
        if done is not None and (planned is None or planned < done):
            raise self._refused(f"its checkpoint has lost batches: it ends before batch {done}")
        if done is None and self._holds_records():
            raise self._refused(f"its checkpoint belongs to another query ({known})")
        checkpoint.drop_orphans(self.checkpoint)
        return known

    def _done(self, query_id: str) -> int | None:
        places = (*self.rows.values(), self.quarantine)
        versions = (DeltaTable(place.folder).transaction_version(query_id) for place in places)
        return max((version for version in versions if version is not None), default=None)

    def _holds_records(self) -> bool:
        aside = DeltaTable(self.quarantine.folder).to_pyarrow_dataset()
        ours = pc.starts_with(pc.field("shardId"), f"{self.stream}/")
        tables = (DeltaTable(rows.folder).to_pyarrow_dataset() for rows in self.rows.values())
        return bool(aside.count_rows(filter=pc.field("stream") == self.stream)) or any(
            table.count_rows(filter=ours) for table in tables
        )

    def _refused(self, why: str) -> RefusedError:
        return RefusedError(
            f"The stream {self.stream} is not streamed: {why}. "
            f"Put back the checkpoint {self.checkpoint}, then `make up`."
        )


def shared_stream(settings: Settings, stream: str) -> SharedStream:
    """The stream's place under these settings."""
    rows = {table.name: speed_tier(settings, table).rows for table in TABLES}
    return SharedStream(settings.lake, stream, rows)
