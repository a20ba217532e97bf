"""The events behind rows: what was sent, before anyone cleaned it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow.compute as pc

from services.ledger.offsets import Offsets
from services.ledger.stores.kinesis_log import Position, read_values
from services.ledger.stores.lake import NextOffsets, open_table, rows
from services.records.ind import ind_of
from services.settings import Settings
from services.tables import Table

Event = dict[str, Any]
"""A record's fields; numbers as the text that stands there."""


def event(value: str | bytes) -> Event | None:
    """A record's fields; None when it is no JSON object."""
    try:
        found = json.loads(value, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def batch_events(
    settings: Settings, table: Table, taken: NextOffsets, inds: Offsets
) -> dict[int, Event]:
    """The newest event of some inds in bronze, up to where silver has taken it.

    Only a partition has an order: an ind whose events lie in several and differ is left out.
    """
    if (bronze := open_table(settings.batch_lake / "batch" / "bronze" / table.name)) is None:
        return {}
    wanted, ours = set(inds.tolist()), pc.field("topic") == table.topic(settings.user_id)
    found: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    columns = ["partition", "offset", "value"]
    for batch in rows(bronze).to_batches(columns=columns, filter=ours):
        for partition, offset, value in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            if offset < taken.get(partition, 0) and (ind := ind_of(value)) in wanted:
                newest = found[ind].get(partition, (-1, ""))
                found[ind][partition] = max(newest, (offset, value))
    return {
        ind: one
        for ind, newest in found.items()
        if (one := _same([value for _, value in newest.values()]))
    }


def speed_events(
    settings: Settings, table: Table, positions: Mapping[int, Position]
) -> dict[int, Event]:
    """The event at each ind's position in Kinesis, where it is still held.

    User records that were aggregated share a position: an ind that occurs there with different events is left out.

    Raises:
        LedgerError: Kinesis does not answer.
    """
    stream = table.stream(settings.user_id)
    values = read_values(settings, stream, set(positions.values()))
    found = {
        ind: [value for value in values.get(position, []) if ind_of(value) == ind]
        for ind, position in positions.items()
    }
    return {ind: one for ind, same in found.items() if (one := _same(same))}


def _same(values: Sequence[str | bytes]) -> Event | None:
    """The event that all of them are; None where they differ, or there is none."""
    events = [event(value) for value in values]
    return events[0] if events and all(one == events[0] for one in events) else None
