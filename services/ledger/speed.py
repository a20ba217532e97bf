"""The speed layer: journals → Kinesis → speed table + quarantine."""

from services.ledger.account import Account, Accounts
from services.ledger.hop import Hop, acked_in, compare, same_records
from services.ledger.journal import Journalled, read_journals
from services.ledger.kinesis_log import StreamContents, read_stream
from services.ledger.offsets import ByPartition
from services.ledger.sequence import Numbering, at, size, together
from services.ledger.speed_lake import SpeedLake, read_speed_lake
from services.posting.journal import Layer
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
    kinesis = Hop("kinesis", count.hop(contents.records))
    lower = Hop("speed + quarantine", count.hop(kept), count.past(lake.after))
    landed = compare(stream, kinesis, lower, begin)
    held = count.pairs(contents.records)
    findings = [
        *acked_in(stream, Hop("acked", count.hop(acked)), kinesis, begin).findings,
        *landed.findings,
        *same_records(stream, count.pairs(acked), held, "acked ≠ kinesis"),
        *same_records(stream, count.pairs(rows), held, "speed ≠ kinesis"),
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
