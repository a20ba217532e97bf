"""The emulators' journals, counted for one topic or stream."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from services.ledger.errors import LedgerError
from services.ledger.hop_comparison import Hop
from services.ledger.offsets import Pairs, offsets
from services.ledger.shard_records import ByShard, ShardRecordsBuilder
from services.records.journal import JournalError, journals, read_journal
from services.records.journal_line import (
    JournalLine,
    StreamAcked,
    StreamRejected,
    StreamUnknown,
    TopicAcked,
    TopicUnknown,
)
from services.records.layer import Layer


@dataclass
class JournalContents:
    """What the emulators' journals hold of one topic, or of one stream.

    Attributes:
        unknown: Sends that may have been stored.
        rejected: Records that were certainly not stored.
        rows: Partition → (offset, ind) of each acked record; a topic's.
        shards: Shard → its acked records; a stream's.
    """

    unknown: int = 0
    rejected: int = 0
    rows: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    shards: dict[str, ShardRecordsBuilder] = field(
        default_factory=lambda: defaultdict(ShardRecordsBuilder)
    )

    def add(self, line: JournalLine) -> None:
        if isinstance(line, TopicAcked):
            self.rows[line.partition].append((line.offset, line.ind))
        elif isinstance(line, StreamAcked):
            self.shards[line.shard_id].add(line.sequence_number, line.ind)
        elif isinstance(line, TopicUnknown | StreamUnknown):
            self.unknown += 1
        else:
            self.rejected += 1

    def acked(self) -> Hop:
        held = {p: offsets([offset for offset, _ in rows]) for p, rows in self.rows.items()}
        return Hop("acked", held)

    def pairs(self) -> Pairs:
        """The acked offsets with the rows' ind."""
        arrays = {p: np.asarray(rows, dtype=np.int64) for p, rows in self.rows.items()}
        return {p: (array[:, 0], array[:, 1]) for p, array in arrays.items()}

    def records(self) -> ByShard:
        """The acked records of a stream."""
        return {shard: gathered.records() for shard, gathered in self.shards.items()}


def read_journals(folder: Path, layer: Layer) -> dict[str, JournalContents]:
    """One layer's journals among all of a stack's, by topic or stream.

    Raises:
        LedgerError: a journal cannot be read.
    """
    found: dict[str, JournalContents] = defaultdict(JournalContents)
    try:
        for path in journals(folder / layer):
            for line in read_journal(path, layer):
                found[_source(line)].add(line)
    except (JournalError, OSError) as error:
        raise LedgerError(str(error)) from error
    return found


def _source(line: JournalLine) -> str:
    if isinstance(line, StreamAcked | StreamUnknown | StreamRejected):
        return line.stream
    return line.topic
