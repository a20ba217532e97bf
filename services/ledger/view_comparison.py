"""The batch view against the speed view: what both made of the same event must be equal.

The layers are asynchronous: one may have taken a newer event of an ind than the other. So a
difference counts only when the newest event that each has taken is the same record, value for value;
what is still pending in either layer cannot matter then. Where Kinesis has trimmed the event, nothing
can be said.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from services.ledger.account import Account, Accounts
from services.ledger.finding import Fault, RecordSource, findings_of
from services.ledger.offsets import EMPTY, Offsets
from services.ledger.stores.events import batch_events, speed_events
from services.ledger.stores.lake import next_offsets, open_table, rows
from services.settings import Settings
from services.tables import TABLES, Table

_AGE = ("approximateArrivalTimestamp", "digits", "sequenceNumber", "shardId")
_ADVICE = (
    "Both took the same event and made different rows of it: please report this, with the row."
)

Mask = npt.NDArray[np.bool_]


def compare_views(settings: Settings) -> Accounts:
    """Every table's comparison: inds in both views, those that wait for an event, and the faults.

    Raises:
        LedgerError: a table or Kinesis cannot be read.
    """
    return {table.name: _compare(settings, table) for table in TABLES}


def _compare(settings: Settings, table: Table) -> Account:
    silver = open_table(settings.batch_lake / "batch" / "silver" / table.name)
    speed = open_table(settings.lake / "speed" / table.speed_table(settings.user_id))
    if silver is None or speed is None:
        return _account(table, 0, EMPTY, EMPTY)
    batch = _sorted(rows(silver).to_table())
    names = [name for name in batch.column_names if name in rows(speed).schema.names]
    newest = newest_rows(speed, names)
    both, ours, theirs = np.intersect1d(_inds(batch), _inds(newest), return_indices=True)
    other = newest.take(pa.array(theirs))
    unequal = different(batch.select(names).take(pa.array(ours)), other.select(names))
    wrong = _unexplained(settings, table, next_offsets(silver, {}), other.filter(pa.array(unequal)))
    return _account(table, len(both), both[unequal], wrong)


def _account(table: Table, both: int, unequal: Offsets, wrong: Offsets) -> Account:
    counts = {"both": both, "waiting": len(unequal) - len(wrong)}
    where = "batch view ≠ speed view"
    findings = findings_of(Fault.DIFFERS, RecordSource(table.name), wrong, where, _ADVICE)
    return Account(counts, findings, (Fault.DIFFERS,))


def newest_rows(speed: DeltaTable, names: list[str]) -> pa.Table:
    """The newest event of each ind, ascending: these columns, then shardId and sequenceNumber.

    The rule of the serving view: by arrival, then by sequence number (as an integer), then by shard.
    """
    dataset = rows(speed)
    keys = dataset.to_table(["ind", "approximateArrivalTimestamp", "sequenceNumber", "shardId"])
    keys = keys.append_column("digits", pc.utf8_length(keys["sequenceNumber"]))
    order = pc.sort_indices(keys, [(name, "ascending") for name in ("ind", *_AGE)]).to_numpy()
    inds = keys["ind"].to_numpy()[order]
    last = np.flatnonzero(np.append(inds[1:] != inds[:-1], True)) if len(inds) else EMPTY
    return _sorted(dataset.take(pa.array(order[last]), [*names, "shardId", "sequenceNumber"]))


def different(left: pa.Table, right: pa.Table) -> Mask:
    """Which rows of two tables with the same columns are unequal; nulls are equal."""
    unequal: Mask = np.zeros(len(left), dtype=bool)
    for name in left.column_names:
        unequal |= _unequal(left[name], right[name])
    return unequal


def _unequal(left: Any, right: Any) -> Mask:
    if pa.types.is_nested(left.type):
        pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
        return np.fromiter((a != b for a, b in pairs), bool, len(left))
    alike = pc.fill_null(pc.equal(left, right.cast(left.type)), fill_value=False)
    absent = pc.and_(pc.is_null(left), pc.is_null(right))
    return ~np.asarray(pc.or_(alike, absent), dtype=bool)


def _unexplained(
    settings: Settings, table: Table, taken: dict[int, int], unlike: pa.Table
) -> Offsets:
    """Inds whose newest event is the same in both layers, though the rows are not."""
    if not len(unlike):
        return EMPTY
    inds = _inds(unlike)
    positions = zip(
        unlike["shardId"].to_pylist(), unlike["sequenceNumber"].to_pylist(), strict=True
    )
    streamed = speed_events(settings, table, dict(zip(inds.tolist(), positions, strict=True)))
    batched = batch_events(settings, table, taken, inds)
    same = (ind for ind in streamed.keys() & batched.keys() if streamed[ind] == batched[ind])
    return np.asarray(sorted(same), dtype=np.int64)


def _sorted(found: pa.Table) -> pa.Table:
    return found.sort_by("ind")


def _inds(rows: pa.Table) -> Offsets:
    inds: Offsets = rows["ind"].to_numpy().astype(np.int64)
    return inds
