"""The records of shards: sequence numbers and inds as arrays, a million of them in 56 MB.

A sequence number has up to 129 digits, so it is kept as its digits in numpy bytes, and compared as an integer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from services.ledger.offsets import EMPTY, Offsets
from services.records.ind import NO_IND

Digits = npt.NDArray[np.bytes_]
"""Sequence numbers as decimal text."""

_CHUNK = 10_000
NONE: Digits = np.empty(0, dtype="S1")


@dataclass(frozen=True)
class ShardRecords:
    """Records of one shard, in any order: their sequence numbers and their rows' ind."""

    numbers: Digits = field(default_factory=lambda: NONE)
    inds: Offsets = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.numbers)


ByShard = dict[str, ShardRecords]
"""Shard → its records."""


class ShardRecordsBuilder:
    """Records of one shard, gathered one by one in little memory."""

    def __init__(self) -> None:
        self._chunks: list[ShardRecords] = []
        self._numbers: list[str] = []
        self._inds: list[int] = []

    def add(self, number: str, ind: int) -> None:
        self._numbers.append(number)
        self._inds.append(ind)
        if len(self._numbers) == _CHUNK:
            self._pack()

    def records(self) -> ShardRecords:
        self._pack()
        return concatenated(self._chunks)

    def _pack(self) -> None:
        if self._numbers:
            inds = np.asarray(self._inds, dtype=np.int64)
            self._chunks.append(ShardRecords(np.asarray(self._numbers, dtype=np.bytes_), inds))
            self._numbers, self._inds = [], []


def concatenated(parts: Iterable[ShardRecords]) -> ShardRecords:
    """Records of several parts, each as often as it occurs."""
    some = [ShardRecords(), *parts]
    return ShardRecords(
        np.concatenate([part.numbers for part in some]),
        np.concatenate([part.inds for part in some]),
    )


def by_shard(shards: Any, numbers: Any, inds: Any) -> ByShard:
    """Three columns, shard, sequence number and ind, as `ByShard`; arrays of text and of integers."""
    names, digits = np.asarray(shards, dtype=np.bytes_), np.asarray(numbers, dtype=np.bytes_)
    found = np.asarray(inds, dtype=np.int64)
    return {
        name.decode(): ShardRecords(digits[names == name], found[names == name])
        for name in np.unique(names)
    }


def merged(*hops: ByShard) -> ByShard:
    """What several tables hold, each record as often as it occurs."""
    shards = {shard for hop in hops for shard in hop}
    return {shard: concatenated(hop[shard] for hop in hops if shard in hop) for shard in shards}


def size(hop: ByShard) -> int:
    """How many records there are, each time they occur."""
    return sum(len(records) for records in hop.values())


def last_read(positions: dict[str, int]) -> ByShard:
    """One sequence number a shard, to be given an ordinal by `SequenceOrdinals`."""
    return {
        shard: ShardRecords(
            np.asarray([str(number)], dtype=np.bytes_), np.asarray([NO_IND], dtype=np.int64)
        )
        for shard, number in positions.items()
    }
