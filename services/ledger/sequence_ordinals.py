"""Sequence numbers as the small integers that hops are compared by.

Numbered in their order, per shard, they become what `services.ledger.offsets` works on, and every comparison of the
batch layer holds for streams too.
"""

from dataclasses import replace

import numpy as np

from services.ledger.finding import Finding, RecordSource
from services.ledger.offsets import ByPartition, Offsets, Pairs
from services.ledger.shard_records import ByShard, Digits, ShardRecords


class SequenceOrdinals:
    """Shards and sequence numbers of one stream, counted from 0 in their order.

    Only for the records that it was made of.
    """

    def __init__(self, stream: str, *hops: ByShard) -> None:
        self._stream = stream
        self._shards = sorted({shard for hop in hops for shard in hop})
        self._width = max((r.numbers.itemsize for hop in hops for r in hop.values()), default=1)
        self._numbers = [
            np.unique(np.concatenate([self._padded(hop[shard]) for hop in hops if shard in hop]))
            for shard in self._shards
        ]

    def hop(self, held: ByShard) -> ByPartition:
        """The records' ordinals, ascending, in the shape of a topic's offsets."""
        return {
            p: np.sort(self._ordinals(p, held[shard]))
            for p, shard in enumerate(self._shards)
            if shard in held
        }

    def pairs(self, held: ByShard) -> Pairs:
        """The records' ordinals with their ind, the ordinals ascending."""
        found = {}
        for p, shard in enumerate(self._shards):
            if shard in held:
                ordinals = self._ordinals(p, held[shard])
                order = np.argsort(ordinals, kind="stable")
                found[p] = ordinals[order], held[shard].inds[order]
        return found

    def ends(self) -> dict[int, int]:
        """Shard → the ordinal beyond the last number."""
        return {p: len(numbers) for p, numbers in enumerate(self._numbers)}

    def named(self, found: Finding) -> Finding:
        """A finding on ordinals, as one on a shard and its sequence number."""
        partition = found.source.partition
        if not isinstance(partition, int):
            return found
        first = int(self._numbers[partition][found.first])
        return replace(
            found, source=RecordSource(self._stream, self._shards[partition]), first=first
        )

    def _ordinals(self, p: int, records: ShardRecords) -> Offsets:
        ordinals: Offsets = np.searchsorted(self._numbers[p], self._padded(records)).astype(
            np.int64
        )
        return ordinals

    def _padded(self, records: ShardRecords) -> Digits:
        """The numbers with leading zeros; as they are, without a copy, where none is wanted."""
        numbers = records.numbers
        if not len(numbers):
            return np.empty(0, dtype=f"S{self._width}")
        if np.strings.str_len(numbers).min() == self._width:
            return numbers
        padded: Digits = np.strings.zfill(numbers, self._width).astype(f"S{self._width}")
        return padded
