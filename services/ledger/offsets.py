"""Sets of offsets as sorted arrays: a million of them take 8 MB and are compared in milliseconds."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Offsets = npt.NDArray[np.int64]
"""Offsets of one partition, ascending; one that occurs twice stands there twice."""

ByPartition = dict[int, Offsets]
"""Partition → its offsets."""

Rows = tuple[Offsets, Offsets]
"""Offsets, and the rows' ind in the same order."""

Pairs = dict[int, Rows]
"""Partition → its rows."""

EMPTY: Offsets = np.empty(0, dtype=np.int64)


def offsets(values: Any) -> Offsets:
    """Any integers as `Offsets`."""
    return np.sort(np.asarray(values, dtype=np.int64))


def offsets_of_ranges(ranges: Iterable[tuple[int, int]]) -> Offsets:
    """All offsets of half-open ranges; ranges that overlap give some of them twice."""
    arrays = [np.arange(first, end, dtype=np.int64) for first, end in ranges]
    return np.sort(np.concatenate(arrays)) if arrays else EMPTY


def by_partition(partitions: Any, values: Any) -> ByPartition:
    """Two columns, partition and offset, as `ByPartition`."""
    numbers = np.asarray(partitions, dtype=np.int64)
    found = np.asarray(values, dtype=np.int64)
    return {int(p): np.sort(found[numbers == p]) for p in np.unique(numbers)}


def size(hop: ByPartition) -> int:
    """How many offsets there are, each time they occur."""
    return sum(len(values) for values in hop.values())


def missing(wanted: Offsets, there: Offsets) -> Offsets:
    """Offsets that are wanted and not there, each once."""
    distinct = np.unique(wanted)
    lacking: Offsets = distinct[~np.isin(distinct, there)]
    return lacking


def surplus(values: Offsets, there: Offsets) -> Offsets:
    """Each occurrence of an offset after as many as there are of it there, and after its first; both ascending."""
    more: Offsets = values[occurrences(values) >= np.maximum(1, counts_of(values, there))]
    return more


def deficit(wanted: Offsets, there: Offsets) -> Offsets:
    """Each occurrence of an offset that is wanted more often than it is there; both ascending."""
    lacking: Offsets = wanted[occurrences(wanted) >= counts_of(wanted, there)]
    return lacking


def repeats(values: Offsets) -> Offsets:
    """Each occurrence of an offset after its first."""
    again: Offsets = values[1:][values[1:] == values[:-1]]
    return again


def before(values: Offsets, end: int) -> Offsets:
    below: Offsets = values[: np.searchsorted(values, end)]
    return below


def since(values: Offsets, first: int) -> Offsets:
    rest: Offsets = values[np.searchsorted(values, first) :]
    return rest


def occurrences(values: Offsets) -> Offsets:
    """How many equal ones stand before each of some ascending values."""
    counts: Offsets = np.arange(len(values)) - np.searchsorted(values, values)
    return counts


def counts_of(values: Offsets, there: Offsets) -> Offsets:
    """How often each value is there."""
    counts: Offsets = np.searchsorted(there, values, "right") - np.searchsorted(there, values)
    return counts
