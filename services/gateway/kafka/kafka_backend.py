"""What a produce request needs of whoever stores its records."""

from collections.abc import Sequence
from typing import Protocol

from services.gateway.kafka.produce_body import Record
from services.gateway.kafka.produce_outcome import Outcome


class RecordWriter(Protocol):
    """Stores records; see `LogWriter`."""

    def __len__(self) -> int:
        """Records that are out and not settled."""

    async def write(self, topic: str, records: Sequence[Record]) -> list[Outcome]:
        """One outcome a record, in the same order."""

    def abandon(self) -> None:
        """Settle at once, as unknown, whatever is out."""
