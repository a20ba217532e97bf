"""The speed layer: journals → Kinesis → speed table + quarantine.

An emulator may lose its log, or the end of it. A record that had come into the tables by then is not lost; one that
was acknowledged and is in neither is.
"""

import numpy as np

from services.ledger.account import Account, Accounts
from services.ledger.hop import Hop, acked_in, compare, either, same_records
from services.ledger.offsets import EMPTY, ByPartition, Pairs
from services.ledger.sequence_numbers import ByShard, Numbering, at, size, together
from services.ledger.stores.journals import Journalled, read_journals
from services.ledger.stores.kinesis_log import StreamContents, read_stream
from services.ledger.stores.speed_lake import SpeedLake, read_speed_lake
from services.records.layer import Layer
from services.settings import Settings
from services.tables import TABLES


def speed_layer(settings: Settings) -> Accounts:
    """Every table's account.

    Raises:
        LedgerError: a system cannot be read.
    """
    journalled = read_journals(settings.journal_dir, Layer.SPEED)
    found = {}
    for table in TABLES:
        stream = table.stream(settings.user_id)
        lake = read_speed_lake(settings, table)
        contents = read_stream(settings, stream)  # last: what comes in now is pending, not foreign
        found[table.name] = account(stream, journalled.get(stream, Journalled()), lake, contents)
    return found


def account(
    stream: str, journalled: Journalled, lake: SpeedLake, contents: StreamContents
) -> Account:
    """One table's account."""
    acked, rows = journalled.records(), lake.rows.records()
    kept = together(rows, lake.aside.records())
    count = Numbering(stream, acked, kept, contents.records, at(lake.after))
    begin = _begin(count, contents, lake)
    sent = Hop("acked", count.hop(acked))
    kinesis = Hop("kinesis", count.hop(contents.records))
    lower = Hop("speed + quarantine", count.hop(kept))
    lower = Hop(lower.name, lower.held, _progress(kinesis, lower, count.hop(at(lake.after))))
    history = either(sent, Hop("earlier", count.hop(_earlier(contents, lake)))).held
    landed = compare(stream, kinesis, lower, begin, history)
    held, landed_rows = count.pairs(contents.records), count.pairs(rows)
    findings = [
        *acked_in(stream, sent, either(lower, kinesis), begin).findings,
        *landed.findings,
        *same_records(stream, count.pairs(acked), held, "acked ≠ kinesis"),
        *same_records(stream, landed_rows, held, "speed ≠ kinesis"),
        *same_records(stream, _not_in(count.pairs(acked), kinesis), landed_rows, "acked ≠ speed"),
    ]
    counts = {
        "acked": size(acked),
        "unknown": journalled.unknown,
        "rejected": journalled.rejected,
        "kinesis": len(kinesis),
        "speed": len(lake.rows),
        "quarantined": len(lake.aside),
        "pending": landed.pending,
    }
    return Account(counts, [count.named(found) for found in findings])


def _progress(kinesis: Hop, lower: Hop, after: ByPartition) -> dict[int, int]:
    """Shard → the first place that the query has not come to.

    Where the log has lost what was read last, its number says nothing any more: later records may have lower ones.
    Then it is the place behind the last record that both hold.
    """
    found = {}
    for p, places in kinesis.held.items():
        last = np.intersect1d(after.get(p, EMPTY), places)
        both = last if len(last) else np.intersect1d(lower.held.get(p, EMPTY), places)
        found[p] = int(both[-1]) + 1 if len(both) else 0
    return found


def _earlier(contents: StreamContents, lake: SpeedLake) -> ByShard:
    """What another stream of this name held, before this one was made."""
    if contents.created is None:
        return {}
    return together(lake.rows.before(contents.created), lake.aside.before(contents.created))


def _not_in(pairs: Pairs, log: Hop) -> Pairs:
    """Those that the log has lost."""
    gone = {p: ~np.isin(places, log.held.get(p, EMPTY)) for p, (places, _) in pairs.items()}
    return {p: (places[gone[p]], inds[gone[p]]) for p, (places, inds) in pairs.items()}


def _begin(count: Numbering, contents: StreamContents, lake: SpeedLake) -> dict[int, int]:
    """Shard → the first place that retention cannot have trimmed.

    A shard begins with what Kinesis holds first, or with the first row that is younger than
    retention, if that is lower: Kinesis must still have it. (Sequence numbers grow with arrival.)
    """
    if contents.horizon is None:
        return {}
    young = together(lake.rows.since(contents.horizon), lake.aside.since(contents.horizon))
    firsts = [_firsts(count.hop(records)) for records in (contents.records, young)]
    return {p: min(first.get(p, end) for first in firsts) for p, end in count.ends().items()}


def _firsts(held: ByPartition) -> dict[int, int]:
    return {p: int(places[0]) for p, places in held.items() if len(places)}
