"""One table's account: counts at each hop of a layer, and the findings."""

from dataclasses import dataclass

from services.ledger.finding import Fault, Finding


@dataclass(frozen=True)
class Account:
    """One table's account in one layer, or in the comparison of both.

    Attributes:
        counts: Records at each hop, in the order of the hops.
        findings: What went wrong.
        faults: What can go wrong here.
    """

    counts: dict[str, int]
    findings: list[Finding]
    faults: tuple[Fault, ...] = (Fault.LOST, Fault.DOUBLED)

    def fields(self) -> dict[str, int]:
        """The counts, with the records that went wrong at the end."""
        return self.counts | {fault.value: self._records(fault) for fault in self.faults}

    def _records(self, fault: Fault) -> int:
        return sum(found.records for found in self.findings if found.fault is fault)


Accounts = dict[str, Account]
"""Table → its account."""
