"""One micro-batch while it is being gathered."""

from dataclasses import dataclass, field

import pyarrow as pa

from .. import rows
from ..offset import Offset, Position, StreamOffset
from ..options import Options
from .shard_reader import Record

ShardKey = tuple[str, str]
"""A stream, and a shard of it."""


@dataclass
class MicroBatch:
    """Pages of rows, and the offset behind them; `size` is in bytes."""

    offset: Offset
    pages: list[pa.RecordBatch] = field(default_factory=list)
    records: int = 0
    size: int = 0

    def room(self, options: Options) -> int:
        """How many records the next page may have."""
        if self.size >= options.max_bytes_per_trigger:
            return 0
        left = options.max_records_per_trigger - self.records
        return min(left, options.max_records_per_fetch)

    def add(self, shard_key: ShardKey, records: list[Record], position: Position) -> int:
        """Take a page, and move the shard's position behind it; gives the page's size in bytes."""
        stream, shard_id = shard_key
        self.move(stream, {**self.offset[stream].shards, shard_id: position})
        if not records:
            return 0
        page = rows.arrow(stream, shard_id, records)
        self.pages.append(page)
        self.records += len(records)
        self.size += page.nbytes
        return int(page.nbytes)

    def move(self, stream: str, positions: dict[str, Position]) -> None:
        created = self.offset[stream].created
        self.offset = {**self.offset, stream: StreamOffset(created, positions)}

    def renew(self, stream: str, created: int) -> None:
        """Begin with another stream of that name."""
        self.offset = {**self.offset, stream: StreamOffset(created, {})}
