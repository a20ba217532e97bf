"""What a produce request needs of whoever stores its records."""

from collections.abc import Sequence
from typing import Protocol

from services.gateway.kafka.outcome import Outcome
from services.gateway.kafka.records import Record


class RecordWriter(Protocol):
    """Stores records; see `LogWriter`."""

    def __len__(self) -> int:
        """Records that are out and not settled."""

    async def write(self, topic: str, records: Sequence[Record]) -> list[Outcome]:
        """One outcome a record, in the same order."""

    def abandon(self) -> None:
        """Settle at once, as unknown, whatever is out."""
