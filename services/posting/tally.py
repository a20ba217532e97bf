"""Counts of a run, by layer and table: posted, acked, failed, unknown, missing; and why records failed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from services.records.layer import Layer
from services.tables import Table

MOST_CAUSES = 20
OTHER_CAUSES = "other causes"


@dataclass(slots=True)
class Counts:
    """Records of one table in one layer.

    Attributes:
        posted: Rows that were found and sent, however often.
        acked: Of these, how many the gateway acknowledged.
        failed: Given up after they were sent, or left undone by a worker that ended early.
        expired: Of the failed, how many were worth another try, but the time for it was over.
        unknown: Sends that may or may not be in the log: their answer never came.
        missing: Turns whose row the table does not have.
    """

    posted: int = 0
    acked: int = 0
    failed: int = 0
    expired: int = 0
    unknown: int = 0
    missing: int = 0

    @property
    def blocked(self) -> bool:
        """The destination is unavailable: every record was tried until the deadline, and none got through."""
        return 0 < self.posted == self.expired

    def add(self, other: "Counts") -> None:
        for count in fields(self):
            setattr(self, count.name, getattr(self, count.name) + getattr(other, count.name))


@dataclass(slots=True)
class Cause:
    """Why records failed: how many of them, and the first one, e.g. `pin 7528`."""

    count: int
    first: str


@dataclass(slots=True)
class Tally:
    """Counts by layer and table, and the causes of failures."""

    counts: dict[tuple[Layer, str], Counts] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)

    def of(self, layer: Layer, table: Table) -> Counts:
        """The counts of one table in one layer."""
        return self.counts.setdefault((layer, table.name), Counts())

    def total(self, layer: Layer | None = None) -> Counts:
        """All tables together, of one layer or of all."""
        total = Counts()
        for (each, _), counts in self.counts.items():
            if layer in {each, None}:
                total.add(counts)
        return total

    def blame(self, cause: str, first: str, count: int = 1) -> None:
        """Note why records failed. Servers choose the texts, so the number of causes is bounded."""
        if cause not in self.causes and len(self.causes) >= MOST_CAUSES:
            cause = OTHER_CAUSES
        self.causes.setdefault(cause, Cause(0, first)).count += count

    def add(self, other: "Tally") -> None:
        for key, counts in other.counts.items():
            self.counts.setdefault(key, Counts()).add(counts)
        for text, cause in other.causes.items():
            self.blame(text, cause.first, cause.count)


def summed(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total
