"""A finding of the ledger: records that were lost, doubled or differ, where, and what to do next."""

from dataclasses import dataclass
from enum import StrEnum

from services.ledger.offsets import Offsets


class Fault(StrEnum):
    """How a record can go wrong."""

    LOST = "lost"
    DOUBLED = "doubled"
    DIFFERS = "differs"


@dataclass(frozen=True)
class RecordSource:
    """Where records come from.

    Attributes:
        name: A topic or a stream; or what else holds rows, when `partition` is None.
        partition: The topic's partition (a number) or the stream's shard (a name), where that is known.
    """

    name: str
    partition: int | str | None = None

    def record(self, position: int) -> str:
        """A record of this source in words: `position` is its offset, sequence number or ind."""
        if self.partition is None:
            return f"ind {position} of {self.name}"
        if isinstance(self.partition, int):
            return f"topic {self.name}, partition {self.partition}, offset {position}"
        return f"stream {self.name}, {self.partition}, sequence number {position}"


@dataclass(frozen=True)
class Finding:
    """Records of one source that went wrong at one hop.

    Attributes:
        fault: How.
        source: Where the records come from.
        first: Offset or sequence number of the first of them (an `ind` when the source has no partition).
        records: How many they are.
        where: The hop, e.g. `log → objects`.
        advice: What to do next.
    """

    fault: Fault
    source: RecordSource
    first: int
    records: int
    where: str
    advice: str

    def __str__(self) -> str:
        return (
            f"{self.records} {self.fault} at {self.where}; the first is "
            f"{self.source.record(self.first)}. {self.advice}"
        )


def findings_of(
    fault: Fault, source: RecordSource, offsets: Offsets, where: str, advice: str
) -> list[Finding]:
    """A finding for the offsets; none when there are none."""
    if not len(offsets):
        return []
    return [Finding(fault, source, int(offsets[0]), len(offsets), where, advice)]
