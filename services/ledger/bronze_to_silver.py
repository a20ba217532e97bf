"""Bronze against silver and quarantine: every row is one clean row's event, or quarantined."""

import numpy as np

from services.ledger.finding import Fault, Finding, RecordSource, findings_of
from services.ledger.hop_comparison import Comparison
from services.ledger.offsets import EMPTY, ByPartition, Offsets, missing, repeats
from services.ledger.stores.lake import Bronze, Silver

_WHERE = "bronze → silver + quarantine"
_AGAIN = (
    "Move the lake's silver and quarantine folders away and run `make batch`: bronze has it all."
)
_REPORT = "Please report this with the ledger's output: a row may come from one record only."


def compare_silver(
    topic: str, bronze: Bronze, silver: Silver, quarantine: ByPartition, logged: Offsets = EMPTY
) -> Comparison:
    """Distinct ids of bronze, as far as silver has come, are silver's; the rest is quarantined.

    Args:
        topic: For the findings.
        bronze: The rows as they came.
        silver: The clean rows.
        quarantine: Partition → the offsets that were quarantined.
        logged: Every ind in the log: a row that bronze has lost since is no stranger to silver.
    """
    findings: list[Finding] = []
    usable = np.ones(len(bronze.offsets), dtype=bool)
    done = np.zeros(len(bronze.offsets), dtype=bool)
    for partition in np.unique(bronze.partitions):
        here = bronze.partitions == partition
        quarantined = quarantine.get(int(partition), EMPTY)
        usable[here] = ~np.isin(bronze.offsets[here], quarantined)
        done[here] = bronze.offsets[here] < silver.next_offsets.get(int(partition), 0)
    findings += _quarantine(topic, bronze, quarantine)
    expected = done & usable
    absent = expected & ~np.isin(bronze.inds, silver.inds)
    for partition in np.unique(bronze.partitions[absent]):
        lost = np.unique(bronze.offsets[absent & (bronze.partitions == partition)])
        findings += findings_of(
            Fault.LOST, RecordSource(topic, int(partition)), lost, _WHERE, _AGAIN
        )
    twice = repeats(silver.inds)
    foreign = missing(silver.inds, np.concatenate((bronze.inds[usable], logged)))
    findings += findings_of(Fault.DOUBLED, RecordSource(topic), twice, "silver", _REPORT)
    findings += findings_of(Fault.DOUBLED, RecordSource(topic), foreign, _WHERE, _REPORT)
    return Comparison(findings, int(np.count_nonzero(~done)))


def _quarantine(topic: str, bronze: Bronze, quarantine: ByPartition) -> list[Finding]:
    findings: list[Finding] = []
    for partition, quarantined in quarantine.items():
        held = bronze.hop.held.get(partition, EMPTY)
        findings += findings_of(
            Fault.DOUBLED,
            RecordSource(topic, partition),
            repeats(quarantined),
            "quarantine",
            _REPORT,
        )
        findings += findings_of(
            Fault.DOUBLED,
            RecordSource(topic, partition),
            missing(quarantined, held),
            _WHERE,
            _REPORT,
        )
    return findings
