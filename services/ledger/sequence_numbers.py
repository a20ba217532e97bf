"""Sequence numbers as the small integers that hops are compared by.

A sequence number has up to 129 digits and must be compared as an integer. Kept as numpy bytes of
its digits a million of them take 56 MB; numbered in their order, per shard, they become what
`services.ledger.offsets` works on, and every comparison of the batch layer holds for streams too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from services.ledger.finding import Finding, Place
from services.ledger.offsets import EMPTY, ByPartition, Offsets, Pairs
from services.records.ind import NO_IND

Digits = npt.NDArray[np.bytes_]
"""Sequence numbers as decimal text."""

_CHUNK = 10_000
NONE: Digits = np.empty(0, dtype="S1")


@dataclass(frozen=True)
class Records:
    """Records of one shard, in any order: their sequence numbers and their rows' ind."""

    numbers: Digits = field(default_factory=lambda: NONE)
    inds: Offsets = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.numbers)


ByShard = dict[str, Records]
"""Shard → its records."""


class Gathered:
    """Records of one shard, gathered one by one in little memory."""

    def __init__(self) -> None:
        self._chunks: list[Records] = []
        self._numbers: list[str] = []
        self._inds: list[int] = []

    def add(self, number: str, ind: int) -> None:
        """One record more."""
        self._numbers.append(number)
        self._inds.append(ind)
        if len(self._numbers) == _CHUNK:
            self._pack()

    def records(self) -> Records:
        """All that was added."""
        self._pack()
        return joined(self._chunks)

    def _pack(self) -> None:
        if self._numbers:
            inds = np.asarray(self._inds, dtype=np.int64)
            self._chunks.append(Records(np.asarray(self._numbers, dtype=np.bytes_), inds))
            self._numbers, self._inds = [], []


def joined(parts: Iterable[Records]) -> Records:
    """Records of several parts, each as often as it occurs."""
    some = [Records(), *parts]
    return Records(
        np.concatenate([part.numbers for part in some]),
        np.concatenate([part.inds for part in some]),
    )


def by_shard(shards: Any, numbers: Any, inds: Any) -> ByShard:
    """Three columns, shard, sequence number and ind, as `ByShard`; arrays of text and of integers."""
    names, digits = np.asarray(shards, dtype=np.bytes_), np.asarray(numbers, dtype=np.bytes_)
    found = np.asarray(inds, dtype=np.int64)
    return {
        name.decode(): Records(digits[names == name], found[names == name])
        for name in np.unique(names)
    }


def together(*hops: ByShard) -> ByShard:
    """What several tables hold, each record as often as it occurs."""
    shards = {shard for hop in hops for shard in hop}
    return {shard: joined(hop[shard] for hop in hops if shard in hop) for shard in shards}


def size(hop: ByShard) -> int:
    """How many records there are, each time they occur."""
    return sum(len(records) for records in hop.values())


def at(positions: dict[str, int]) -> ByShard:
    """One sequence number a shard, to be known to a `Numbering`."""
    return {
        shard: Records(
            np.asarray([str(number)], dtype=np.bytes_), np.asarray([NO_IND], dtype=np.int64)
        )
        for shard, number in positions.items()
    }


class Numbering:
    """Shards and sequence numbers of one stream, counted from 0 in their order.

    It knows the records that it was made of, and no others.
    """

    def __init__(self, stream: str, *known: ByShard) -> None:
        self._stream = stream
        self._shards = sorted({shard for hop in known for shard in hop})
        self._width = max((r.numbers.itemsize for hop in known for r in hop.values()), default=1)
        self._numbers = [
            np.unique(np.concatenate([self._padded(hop[shard]) for hop in known if shard in hop]))
            for shard in self._shards
        ]

    def hop(self, held: ByShard) -> ByPartition:
        """The records' places, ascending, in the shape of a topic's offsets."""
        return {
            p: np.sort(self._places(p, held[shard]))
            for p, shard in enumerate(self._shards)
            if shard in held
        }

    def pairs(self, held: ByShard) -> Pairs:
        """The records' places with their ind, the places ascending."""
        found = {}
        for p, shard in enumerate(self._shards):
            if shard in held:
                places = self._places(p, held[shard])
                order = np.argsort(places, kind="stable")
                found[p] = places[order], held[shard].inds[order]
        return found

    def past(self, after: dict[str, int]) -> dict[int, int]:
        """Shard → the first place beyond the number that was read last."""
        return {p: int(places[-1]) + 1 for p, places in self.hop(at(after)).items()}

    def ends(self) -> dict[int, int]:
        """Shard → the place beyond the last number."""
        return {p: len(numbers) for p, numbers in enumerate(self._numbers)}

    def named(self, found: Finding) -> Finding:
        """A finding on places, told by shard and sequence number."""
        part = found.place.part
        if not isinstance(part, int):
            return found
        first = int(self._numbers[part][found.first])
        return replace(found, place=Place(self._stream, self._shards[part]), first=first)

    def _places(self, p: int, records: Records) -> Offsets:
        places: Offsets = np.searchsorted(self._numbers[p], self._padded(records)).astype(np.int64)
        return places

    def _padded(self, records: Records) -> Digits:
        """The numbers with leading zeros; as they are, without a copy, where none is wanted."""
        numbers = records.numbers
        if not len(numbers):
            return np.empty(0, dtype=f"S{self._width}")
        if np.strings.str_len(numbers).min() == self._width:
            return numbers
        padded: Digits = np.strings.zfill(numbers, self._width).astype(f"S{self._width}")
        return padded
