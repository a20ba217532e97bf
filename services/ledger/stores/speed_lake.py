"""The speed layer's tables and checkpoints: what they hold, and how far they have come."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from services.ledger.errors import LedgerError
from services.ledger.offsets import EMPTY, Offsets
from services.ledger.shard_records import NONE, ByShard, Digits, by_shard
from services.ledger.stores.lake import open_table, rows
from services.records.ind import NO_IND
from services.settings import Settings
from services.streams.checkpoint import committed
from services.tables import TABLES, Table

_NO_ROWS = pa.schema(
    [
        ("ind", pa.int32()),
        ("shardId", pa.string()),
        ("sequenceNumber", pa.string()),
        ("approximateArrivalTimestamp", pa.timestamp("us", tz="UTC")),
    ]
).empty_table()
_ORIGIN = ["shardId", "sequenceNumber", "approximateArrivalTimestamp"]

Timestamps = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class SpeedRows:
    """Records of one stream in a Delta table of the speed layer, a column each.

    Attributes:
        shards: Shard of each record.
        numbers: Its sequence number.
        inds: Its row's ind; NO_IND in quarantine.
        arrivals: When it came to Kinesis (UTC).
    """

    shards: Digits = field(default_factory=lambda: NONE)
    numbers: Digits = field(default_factory=lambda: NONE)
    inds: Offsets = field(default_factory=lambda: EMPTY)
    arrivals: Timestamps = field(default_factory=lambda: np.empty(0, dtype="datetime64[us]"))

    def __len__(self) -> int:
        return len(self.numbers)

    def records(self) -> ByShard:
        return by_shard(self.shards, self.numbers, self.inds)

    def since(self, horizon: datetime) -> ByShard:
        """Records that arrived at the horizon or later."""
        return self._chosen(self._arrived_since(horizon))

    def before(self, moment: datetime) -> ByShard:
        """Records that arrived earlier."""
        return self._chosen(~self._arrived_since(moment))

    def _arrived_since(self, moment: datetime) -> npt.NDArray[np.bool_]:
        young: npt.NDArray[np.bool_] = self.arrivals >= np.datetime64(
            moment.replace(tzinfo=None), "us"
        )
        return young

    def _chosen(self, mask: npt.NDArray[np.bool_]) -> ByShard:
        return by_shard(self.shards[mask], self.numbers[mask], self.inds[mask])


@dataclass(frozen=True)
class SpeedLake:
    """What the lake holds of one stream.

    Attributes:
        after: Shard → the sequence number up to which the stream's query has come. A shard that it
            has not begun is not there.
        quarantine: Its records in the quarantine, which has no ind.
        rows: The table.
    """

    after: dict[str, int] = field(default_factory=dict)
    quarantine: SpeedRows = field(default_factory=SpeedRows)
    rows: SpeedRows = field(default_factory=SpeedRows)


def read_speed_lake(settings: Settings, table: Table) -> SpeedLake:
    """Progress first, then the rows: all that progress speaks of is then among them."""
    speed, name = settings.lake / "speed", table.speed_table(settings.user_id)
    stream = table.stream(settings.user_id)
    after = _after(speed / "_checkpoints" / name, stream)
    return SpeedLake(
        after, _quarantine(settings.lake, stream), _columns(_rows(speed / name, _of_own()))
    )


def read_shared_lake(settings: Settings, stream: str) -> SpeedLake:
    """What all three tables hold of a shared stream, whose rows carry its name before their shard's."""
    speed, ours = settings.lake / "speed", pc.starts_with(pc.field("shardId"), f"{stream}/")
    after = _after(speed / "_checkpoints" / f"stream={stream}", stream)
    aside = _quarantine(settings.lake, stream)
    names = (table.speed_table(settings.user_id) for table in TABLES)
    found = pa.concat_tables(_rows(speed / name, ours) for name in names)
    shards = pc.utf8_slice_codeunits(found["shardId"], len(stream) + 1)
    found = found.set_column(found.schema.get_field_index("shardId"), "shardId", shards)
    return SpeedLake(after, aside, _columns(found))


def _of_own() -> pc.Expression:
    return ~pc.match_substring(pc.field("shardId"), "/")


def _rows(path: Path, chosen: pc.Expression) -> pa.Table:
    if (delta := open_table(path)) is None:
        return _NO_ROWS
    return rows(delta).to_table(["ind", *_ORIGIN], filter=chosen)


def _quarantine(lake: Path, stream: str) -> SpeedRows:
    if (delta := open_table(lake / "quarantine" / "speed")) is None:
        return SpeedRows()
    ours = pc.field("stream") == stream
    found = rows(delta).to_table(_ORIGIN, filter=ours)
    return _columns(found.append_column("ind", pa.array(np.full(len(found), NO_IND))))


def _after(checkpoint: Path, stream: str) -> dict[str, int]:
    try:
        newest = committed(checkpoint)
    except (OSError, ValueError, LookupError) as error:
        raise LedgerError(f"The checkpoint {checkpoint} cannot be read: {error!r}") from error
    shards = newest.streams.get(stream, {}) if newest else {}
    return {name: shard.after for name, shard in shards.items() if shard.after is not None}


def _columns(found: pa.Table) -> SpeedRows:
    return SpeedRows(
        _text(found["shardId"]),
        _text(found["sequenceNumber"]),
        found["ind"].to_numpy().astype(np.int64),
        found["approximateArrivalTimestamp"].to_numpy().astype("datetime64[us]"),
    )


def _text(column: Any) -> Digits:
    """A column of ASCII text, a batch at a time: Python's own strings take three times the room."""
    parts = [
        np.asarray(chunk.to_pylist(), dtype=np.bytes_) for chunk in column.chunks if len(chunk)
    ]
    return np.concatenate([NONE, *parts])
