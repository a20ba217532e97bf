"""The speed layer: journals → Kinesis → speed table + quarantine.

An emulator may lose its log, or the end of it. A record that had come into the tables by then is not lost; one that
was acknowledged and is in neither is.

What the Kinesis Producer Library aggregated counts as the user records that it holds. Posting never aggregates, so an
acknowledged record is one.
"""

import numpy as np

from services.ledger.account import Account, Accounts
from services.ledger.hop_comparison import Hop, acked_in, compare, same_records, union
from services.ledger.offsets import EMPTY, ByPartition, Pairs, occurrences
from services.ledger.sequence_ordinals import SequenceOrdinals
from services.ledger.shard_records import ByShard, last_read, merged, size
from services.ledger.stores.journals import JournalContents, read_journals
from services.ledger.stores.kinesis_log import StreamContents, read_stream
from services.ledger.stores.speed_lake import SpeedLake, read_shared_lake, read_speed_lake
from services.records.layer import Layer
from services.settings import Settings
from services.streams.shared import shared_streams
from services.tables import TABLES


def speed_layer(settings: Settings) -> Accounts:
    """Every table's account, and every shared stream's.

    Raises:
        LedgerError: a system cannot be read.
    """
    journal = read_journals(settings.journal_dir, Layer.SPEED)
    found = {}
    for table in TABLES:
        stream = table.stream(settings.user_id)
        lake = read_speed_lake(settings, table)
        contents = read_stream(settings, stream)  # last: what comes in now is pending, not foreign
        found[table.name] = stream_account(
            stream, journal.get(stream, JournalContents()), lake, contents
        )
    for stream in shared_streams(settings.lake):
        shared = read_shared_lake(settings, stream)
        found[stream] = stream_account(
            stream, JournalContents(), shared, read_stream(settings, stream)
        )
    return found


def stream_account(
    stream: str, journal: JournalContents, lake: SpeedLake, contents: StreamContents
) -> Account:
    acked, rows = journal.records(), lake.rows.records()
    kept = merged(rows, lake.quarantine.records())
    ordinals = SequenceOrdinals(stream, acked, kept, contents.records, last_read(lake.after))
    begin = _begin(ordinals, contents, lake)
    sent = Hop("acked", ordinals.hop(acked))
    kinesis = Hop("kinesis", ordinals.hop(contents.records))
    lower = Hop("speed + quarantine", _once_where_unknown(ordinals.hop(kept), sent, kinesis))
    lower = Hop(
        lower.name, lower.held, _progress(kinesis, lower, ordinals.hop(last_read(lake.after)))
    )
    history = union(sent, Hop("earlier", ordinals.hop(_of_earlier_stream(contents, lake)))).held
    landed = compare(stream, kinesis, lower, begin, history)
    held, landed_rows = ordinals.pairs(contents.records), ordinals.pairs(rows)
    findings = [
        *acked_in(stream, sent, union(lower, kinesis), begin).findings,
        *landed.findings,
        *same_records(stream, ordinals.pairs(acked), held, "acked ≠ kinesis"),
        *same_records(stream, landed_rows, held, "speed ≠ kinesis"),
        *same_records(
            stream, _not_in(ordinals.pairs(acked), kinesis), landed_rows, "acked ≠ speed"
        ),
    ]
    counts = {
        "acked": size(acked),
        "unknown": journal.unknown,
        "rejected": journal.rejected,
        "kinesis": len(kinesis),
        "speed": len(lake.rows),
        "quarantined": len(lake.quarantine),
        "pending": landed.pending,
    }
    return Account(counts, [ordinals.named(found) for found in findings])


def _once_where_unknown(kept: ByPartition, sent: Hop, kinesis: Hop) -> ByPartition:
    """Without repeats of what nobody acked and Kinesis holds no more: it may have been several user records."""
    known = union(sent, kinesis).held
    found = {}
    for p, ordinals in kept.items():
        first = occurrences(ordinals) == 0
        found[p] = ordinals[first | np.isin(ordinals, known.get(p, EMPTY))]
    return found


def _progress(kinesis: Hop, lower: Hop, after: ByPartition) -> dict[int, int]:
    """Shard → the first ordinal that the query has not come to.

    Where the log has lost what was read last, its number says nothing any more: later records may have lower ones.
    Then it is the ordinal behind the last record that both hold.
    """
    found = {}
    for p, held_ordinals in kinesis.held.items():
        last = np.intersect1d(after.get(p, EMPTY), held_ordinals)
        both = last if len(last) else np.intersect1d(lower.held.get(p, EMPTY), held_ordinals)
        found[p] = int(both[-1]) + 1 if len(both) else 0
    return found


def _of_earlier_stream(contents: StreamContents, lake: SpeedLake) -> ByShard:
    """What another stream of this name held, before this one was made."""
    if contents.created is None:
        return {}
    return merged(lake.rows.before(contents.created), lake.quarantine.before(contents.created))


def _not_in(pairs: Pairs, log: Hop) -> Pairs:
    """Those that the log has lost."""
    gone = {
        p: ~np.isin(held_ordinals, log.held.get(p, EMPTY))
        for p, (held_ordinals, _) in pairs.items()
    }
    return {
        p: (held_ordinals[gone[p]], inds[gone[p]]) for p, (held_ordinals, inds) in pairs.items()
    }


def _begin(ordinals: SequenceOrdinals, contents: StreamContents, lake: SpeedLake) -> dict[int, int]:
    """Shard → the first ordinal that retention cannot have trimmed.

    A shard begins with what Kinesis holds first, or with the first row that is younger than
    retention, if that is lower: Kinesis must still have it. (Sequence numbers grow with arrival.)
    """
    if contents.horizon is None:
        return {}
    young = merged(lake.rows.since(contents.horizon), lake.quarantine.since(contents.horizon))
    firsts = [_firsts(ordinals.hop(records)) for records in (contents.records, young)]
    return {p: min(first.get(p, end) for first in firsts) for p, end in ordinals.ends().items()}


def _firsts(held: ByPartition) -> dict[int, int]:
    return {p: int(held_ordinals[0]) for p, held_ordinals in held.items() if len(held_ordinals)}
