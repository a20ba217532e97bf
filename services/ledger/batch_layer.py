"""The batch layer: journals → log → objects → bronze → silver + quarantine."""

from services.ledger.account import Account, Accounts
from services.ledger.bronze_to_silver import compare_silver
from services.ledger.hop_comparison import acked_in, compare, same_records, union
from services.ledger.offsets import size
from services.ledger.stores.journals import JournalContents, read_journals
from services.ledger.stores.kafka_log import read_log
from services.ledger.stores.lake import read_bronze, read_quarantine, read_silver
from services.ledger.stores.s3_objects import read_objects
from services.records.layer import Layer
from services.settings import Settings
from services.tables import TABLES, Table


def batch_layer(settings: Settings) -> Accounts:
    """Every table's account.

    Raises:
        LedgerError: a system cannot be read.
    """
    journal = read_journals(settings.journal_dir, Layer.BATCH)
    return {
        table.name: _account(
            settings, table, journal.get(table.topic(settings.user_id), JournalContents())
        )
        for table in TABLES
    }


def _account(settings: Settings, table: Table, journal: JournalContents) -> Account:
    """Read from the end to the beginning: what comes in meanwhile is then pending, never foreign."""
    topic = table.topic(settings.user_id)
    silver = read_silver(settings.batch_lake, table)
    quarantine = read_quarantine(settings.batch_lake, table, topic)
    bronze = read_bronze(settings.batch_lake, table, topic)
    objects = read_objects(settings, topic)
    contents = read_log(settings, topic)
    acked, log = journal.acked(), contents.hop()
    hops = (
        acked_in(topic, acked, log, contents.begin),
        compare(topic, log, objects, contents.begin),
        compare(topic, union(log, objects), bronze.hop, contents.begin),
        compare_silver(topic, bronze, silver, quarantine, contents.inds()),
    )
    findings = [found for hop in hops for found in hop.findings]
    findings += same_records(topic, journal.pairs(), contents.pairs, "acked ≠ log")
    counts = {
        "acked": len(acked),
        "unknown": journal.unknown,
        "rejected": journal.rejected,
        "truncated": sum(contents.begin.values()),
        "log": len(log),
        "objects": len(objects),
        "bronze": len(bronze.hop),
        "silver": len(silver.inds),
        "quarantined": size(quarantine),
        # what is not in objects yet is not in bronze either
        "pending": hops[2].pending + hops[3].pending,
    }
    return Account(counts, findings)
