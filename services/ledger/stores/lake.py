"""The lake's tables, read with deltalake: no Spark, and no JVM."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np
import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from pyarrow.dataset import Dataset
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from services.ledger.errors import LedgerError
from services.ledger.hop_comparison import Hop
from services.ledger.offsets import EMPTY, ByPartition, Offsets, by_partition, offsets
from services.records.ind import ind_of
from services.tables import Table

NextOffsets = dict[int, int]
"""Partition → first offset that a table has not taken yet."""


@dataclass(frozen=True)
class Bronze:
    """Bronze's offsets, and the ind of each row."""

    hop: Hop = field(default_factory=lambda: Hop("bronze"))
    partitions: Offsets = field(default_factory=lambda: EMPTY)
    offsets: Offsets = field(default_factory=lambda: EMPTY)
    inds: Offsets = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True)
class Silver:
    """Silver's ids, ascending, and how far in bronze it has come."""

    inds: Offsets = field(default_factory=lambda: EMPTY)
    next_offsets: NextOffsets = field(default_factory=dict)


def read_bronze(lake: Path, table: Table, topic: str) -> Bronze:
    """The table's bronze; without one, nothing."""
    if (delta := open_table(lake / "batch" / "bronze" / table.name)) is None:
        return Bronze()
    parts = [EMPTY], [EMPTY], [EMPTY]
    for batch in rows(delta).to_batches(columns=["topic", "partition", "offset", "value"]):
        ours = batch.filter(pc.equal(batch["topic"], topic))
        parts[0].append(ours["partition"].to_numpy(zero_copy_only=False))
        parts[1].append(ours["offset"].to_numpy(zero_copy_only=False))
        parts[2].append(np.asarray([ind_of(v) for v in ours["value"].to_pylist()], dtype=np.int64))
    partitions, found, inds = (np.concatenate(part).astype(np.int64) for part in parts)
    held = by_partition(partitions, found)
    return Bronze(Hop("bronze", held, next_offsets(delta, held)), partitions, found, inds)


def read_silver(lake: Path, table: Table) -> Silver:
    """The table's silver; without one, nothing."""
    if (delta := open_table(lake / "batch" / "silver" / table.name)) is None:
        return Silver()
    inds = rows(delta).to_table(["ind"])["ind"].to_numpy()
    return Silver(offsets(inds), next_offsets(delta, {}))


def read_quarantine(lake: Path, table: Table, topic: str) -> ByPartition:
    """Offsets of the records that are no row."""
    if (delta := open_table(lake / "quarantine" / "batch" / table.name)) is None:
        return {}
    found = rows(delta).to_table(["topic", "partition", "offset"])
    ours = found.filter(pc.equal(found["topic"], topic))
    return by_partition(ours["partition"].to_numpy(), ours["offset"].to_numpy())


def open_table(path: Path) -> DeltaTable | None:
    """The Delta table of a folder; None when there is none.

    Raises:
        LedgerError: it cannot be read.
    """
    try:
        return DeltaTable(path) if DeltaTable.is_deltatable(str(path)) else None
    except (DeltaError, OSError) as error:
        raise LedgerError(f"The Delta table {path} cannot be read: {error}") from error


def rows(delta: DeltaTable) -> Dataset:
    """The table's rows, read by Arrow itself.

    deltalake's own file system is Python code: Arrow's threads call it, and when one of them is still
    there as the interpreter ends, the process aborts.
    """
    folder = url2pathname(urlsplit(delta.table_uri).path).rstrip("/")
    return delta.to_pyarrow_dataset(filesystem=SubTreeFileSystem(folder, LocalFileSystem()))


def next_offsets(delta: DeltaTable, held: ByPartition) -> NextOffsets:
    """What the newest commit of ours says; else, where the rows that it holds end."""
    for commit in delta.history():
        try:
            taken = json.loads(commit["userMetadata"])["offsets"]
        except (KeyError, TypeError, ValueError):
            continue
        return {int(partition): int(offset) + 1 for partition, offset in taken.items()}
    return {partition: int(found[-1]) + 1 for partition, found in held.items()}
