"""What a produce request needs of whoever stores its records."""

from collections.abc import Sequence
from typing import Protocol

from services.gateway.kafka.produce_body import KafkaRecord
from services.gateway.kafka.produce_outcome import KafkaOutcome


class RecordWriter(Protocol):
    """Stores records; see `LogWriter`."""

    def __len__(self) -> int:
        """Records that are out and not settled."""

    async def write(self, topic: str, records: Sequence[KafkaRecord]) -> list[KafkaOutcome]:
        """One outcome a record, in the same order."""

    def abandon(self) -> None:
        """Settle at once, as unknown, whatever is out."""
