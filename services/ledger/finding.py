"""What the ledger has to complain of."""

from dataclasses import dataclass
from enum import StrEnum

from services.ledger.offsets import Offsets


class Fault(StrEnum):
    """How a record can go wrong."""

    LOST = "lost"
    DOUBLED = "doubled"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Place:
    """Where records come from.

    Attributes:
        source: A topic or a stream; or what else holds rows, when `part` is None.
        part: The topic's partition (a number) or the stream's shard (a name), where that is known.
    """

    source: str
    part: int | str | None = None

    def at(self, position: int) -> str:
        """A record of this place in words: `position` is its offset, sequence number or ind."""
        if self.part is None:
            return f"ind {position} of {self.source}"
        if isinstance(self.part, int):
            return f"topic {self.source}, partition {self.part}, offset {position}"
        return f"stream {self.source}, {self.part}, sequence number {position}"


@dataclass(frozen=True)
class Finding:
    """Records of one place that went wrong at one hop.

    Attributes:
        fault: How.
        place: Where the records come from.
        first: Offset or sequence number of the first of them (an `ind` when the place has no part).
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
        return (
            f"{self.records} {self.fault} at {self.where}; the first is "
            f"{self.place.at(self.first)}. {self.advice}"
        )


def finding(fault: Fault, place: Place, found: Offsets, where: str, advice: str) -> list[Finding]:
    """A finding for the offsets; none when there are none."""
    if not len(found):
        return []
    return [Finding(fault, place, int(found[0]), len(found), where, advice)]
