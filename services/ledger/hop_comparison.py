"""Comparing two neighbouring hops: what is lost, doubled, or merely not there yet.

An offset stands for one record of Kafka, and so occurs once. A record of Kinesis may hold several user records, which
share its number: then it occurs as often in each hop.
"""

from dataclasses import dataclass, field

import numpy as np

from services.ledger.finding import Fault, Finding, RecordSource, findings_of
from services.ledger.offsets import (
    EMPTY,
    ByPartition,
    Offsets,
    Pairs,
    Rows,
    before,
    counts_of,
    deficit,
    missing,
    occurrences,
    repeats,
    since,
    size,
    surplus,
)
from services.records.ind import NO_IND

LOST_ADVICE = {
    "objects": "Restart the sink: it puts lost objects back (`make restart`).",
    "bronze": "Move the lake's batch folder away and run `make batch`: it is built again from S3.",
    "speed + quarantine": "Stop the stack, move the lake's speed and quarantine/speed folders away "
    "and start it: they are built again from what Kinesis still holds.",
}
_DOUBLED_ADVICE = "Please report this with the ledger's output: no hop may repeat a record."
_FOREIGN_ADVICE = "It is in no earlier hop: someone else wrote it, or the log was made anew."


@dataclass(frozen=True)
class Hop:
    """What one system holds of a topic.

    Attributes:
        name: The system's name in the report.
        held: Its offsets.
        progress: Partition → first offset that it has not come to yet.
    """

    name: str
    held: ByPartition = field(default_factory=dict)
    progress: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return size(self.held)


@dataclass(frozen=True)
class Comparison:
    """The outcome of one comparison.

    Attributes:
        findings: What went wrong.
        pending: Records that are further up, and not here yet.
    """

    findings: list[Finding] = field(default_factory=list)
    pending: int = 0


def compare(
    topic: str,
    upper: Hop,
    lower: Hop,
    begin: dict[int, int],
    history: ByPartition | None = None,
) -> Comparison:
    """Each offset of `upper` must be in `lower` as often, as far as `lower` has come; one that is not, at most once.

    Args:
        topic: For the findings.
        upper: The hop nearer to the source.
        lower: The hop that reads from it.
        begin: Partition → first offset that the log still holds; nothing is expected of `upper`
            below it, so what `lower` holds there is history, not foreign.
        history: What `upper` need not hold any more though it is above that.
    """
    findings: list[Finding] = []
    pending = 0
    for partition in sorted(upper.held.keys() | lower.held.keys()):
        above = upper.held.get(partition, EMPTY)
        below = lower.held.get(partition, EMPTY)
        end = lower.progress.get(partition, 0)
        retained = since(below, begin.get(partition, 0))
        old = (history or {}).get(partition, EMPTY)
        where = f"{upper.name} → {lower.name}"
        faults = (
            (Fault.LOST, deficit(before(above, end), below), LOST_ADVICE.get(lower.name, "")),
            (Fault.DOUBLED, surplus(below, above), _DOUBLED_ADVICE),
            (Fault.DOUBLED, missing(retained, np.union1d(above, old)), _FOREIGN_ADVICE),
        )
        for fault, offsets, advice in faults:
            findings += findings_of(fault, RecordSource(topic, partition), offsets, where, advice)
        pending += len(since(above, end))
    return Comparison(findings, pending)


def union(upper: Hop, lower: Hop) -> Hop:
    """What at least one of two hops holds, each offset once, under the lower one's name.

    Bronze is held against the log and the objects: a lost object is not bronze's fault, and
    neither is what retention has dropped from the log.
    """
    partitions = upper.held.keys() | lower.held.keys()
    held = {p: np.union1d(upper.held.get(p, EMPTY), lower.held.get(p, EMPTY)) for p in partitions}
    return Hop(lower.name, held)


def acked_in(topic: str, acked: Hop, log: Hop, begin: dict[int, int]) -> Comparison:
    """Each acked offset must be in the log, and no offset may have been acked for two records.

    What retention has dropped from the log's beginning is not asked for.
    """
    findings: list[Finding] = []
    advice = f"A record is gone that {log.name} had acknowledged: `make logs` shows what ails it."
    for partition, offsets in acked.held.items():
        wanted = since(offsets, begin.get(partition, 0))
        lost = missing(wanted, log.held.get(partition, EMPTY))
        source, shared, where = (
            RecordSource(topic, partition),
            repeats(wanted),
            f"acked → {log.name}",
        )
        findings += findings_of(Fault.LOST, source, lost, where, advice)
        findings += findings_of(Fault.LOST, source, shared, "acked twice", advice)
    return Comparison(findings)


def same_records(topic: str, acked: Pairs, log: Pairs, where: str) -> list[Finding]:
    """At each acked offset the log must hold the row that was sent.

    Args:
        topic: For the findings.
        acked: Offsets and inds.
        log: The same of the log, offsets ascending.
        where: The comparison, for the findings.
    """
    findings: list[Finding] = []
    for partition, (offsets, inds) in acked.items():
        held, holds = log.get(partition, (EMPTY, EMPTY))
        there = np.isin(offsets, held)
        wrong = _unlike((offsets[there], inds[there]), (held, holds))
        advice = f"Another row stands in its place: was {topic} deleted and made anew?"
        findings += findings_of(Fault.LOST, RecordSource(topic, partition), wrong, where, advice)
    return findings


def _unlike(ours: Rows, theirs: Rows) -> Offsets:
    """Our offsets, ascending, of the rows that are none of theirs at that offset; they hold each offset.

    Equal rows are as many as theirs. Where we have too many in all, one more is doubled, and no other row.
    """
    offsets, inds = (column[np.lexsort(ours[::-1])] for column in ours)
    distinct = np.unique(theirs[0])
    rows, held = _numbered(distinct, (offsets, inds)), np.sort(_numbered(distinct, theirs))
    equal = counts_of(rows, held)
    crowded = counts_of(offsets, offsets) > counts_of(offsets, theirs[0])
    unlike: Offsets = offsets[(equal == 0) | (~crowded & (occurrences(rows) >= equal))]
    return unlike


def _numbered(distinct: Offsets, rows: Rows) -> Offsets:
    """Offset and ind of each row as one number."""
    offsets, inds = rows
    numbers: Offsets = np.searchsorted(distinct, offsets) * 2**32 + (inds - NO_IND)
    return numbers
