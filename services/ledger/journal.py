"""The emulators' journals, counted for one topic."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from services.ledger.errors import LedgerError
from services.ledger.hop import Hop
from services.ledger.offsets import Offsets, offsets
from services.posting.journal import (
    Acked,
    JournalError,
    Layer,
    Unknown,
    journals,
    read_journal,
)

Pairs = dict[int, tuple[Offsets, Offsets]]
"""Partition → (offsets, the rows' ind), in the same order."""


@dataclass
class Journalled:
    """What the emulators say of one topic."""

    unknown: int = 0
    rejected: int = 0
    rows: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def acked(self) -> Hop:
        """The acked offsets."""
        held = {p: offsets([offset for offset, _ in rows]) for p, rows in self.rows.items()}
        return Hop("acked", held)

    def pairs(self) -> Pairs:
        """The acked offsets with the rows' ind."""
        arrays = {p: np.asarray(rows, dtype=np.int64) for p, rows in self.rows.items()}
        return {p: (array[:, 0], array[:, 1]) for p, array in arrays.items()}


def read_journals(folder: Path) -> dict[str, Journalled]:
    """The batch layer's journals among all of a stack's, by topic.

    Raises:
        LedgerError: a journal cannot be read.
    """
    found: dict[str, Journalled] = defaultdict(Journalled)
    try:
        for path in journals(folder / Layer.BATCH):
            for line in read_journal(path, Layer.BATCH):
                topic = found[line.topic]
                if isinstance(line, Acked):
                    topic.rows[line.partition].append((line.offset, line.ind))
                elif isinstance(line, Unknown):
                    topic.unknown += 1
                else:
                    topic.rejected += 1
    except (JournalError, OSError) as error:
        raise LedgerError(str(error)) from error
    return found
