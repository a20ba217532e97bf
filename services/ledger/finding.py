"""What the ledger has to complain of."""

from dataclasses import dataclass
from enum import StrEnum

from services.ledger.offsets import Offsets


class Fault(StrEnum):
    """The two ways in which a record can go wrong."""

    LOST = "lost"
    DOUBLED = "doubled"


@dataclass(frozen=True)
class Place:
    """Where records come from: a topic, and its partition where that is known."""

    topic: str
    partition: int | None = None


@dataclass(frozen=True)
class Finding:
    """Records of one partition that went wrong at one hop.

    Attributes:
        fault: How.
        place: Where the records come from.
        first: Offset of the first of them (an `ind` when the place has no partition).
        records: How many they are.
        where: The hop, e.g. `log → objects`.
        advice: What to do next.
    """

    fault: Fault
    place: Place
    first: int
    records: int
    where: str
    advice: str

    def __str__(self) -> str:
        first = f"ind {self.first}"
        if self.place.partition is not None:
            first = f"partition {self.place.partition}, offset {self.first}"
        return (
            f"{self.records} {self.fault} at {self.where}; the first is topic {self.place.topic}, "
            f"{first}. {self.advice}"
        )


def finding(fault: Fault, place: Place, found: Offsets, where: str, advice: str) -> list[Finding]:
    """A finding for the offsets; none when there are none."""
    if not len(found):
        return []
    return [Finding(fault, place, int(found[0]), len(found), where, advice)]
