"""What a destination of records is: the interface that posting's loop relies on, Kafka or Kinesis behind it."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from services.records.attempt import AttemptResult
from services.records.layer import Layer
from services.records.record import Record
from services.tables import Table

SYSTEM_OF_LAYER = {Layer.BATCH: "Kafka", Layer.SPEED: "Kinesis"}
"""What feeds a layer, in the user's words."""


class DestinationError(Exception):
    """Nothing can be sent there; the message says why and what to do."""


class BackendUnavailableError(DestinationError):
    """The gateway answers, but its backend does not."""


class Destination(Protocol):
    """Takes records of one table at a time; used by several threads at once."""

    @property
    def layer(self) -> Layer: ...

    @property
    def most_records(self) -> int: ...

    @property
    def most_bytes(self) -> int:
        """Most bytes of values in one request; a larger record has a request of its own."""
        ...

    def name(self, table: Table) -> str:
        """The topic or stream of a table."""
        ...

    def send(self, records: Sequence[Record], timeout: float) -> list[AttemptResult]:
        """Try once to send records of one table, and return what became of each, in their order.

        Whatever the other side does is a result, never an exception.
        """
        ...

    def check(self) -> None:
        """Make sure that it can be reached.

        Raises:
            DestinationError: it cannot.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def requests(
    records: Sequence[Record], most_records: int, most_bytes: int
) -> Iterator[list[Record]]:
    """Cut the records into requests by number and size; a larger record has a request of its own."""
    batch: list[Record] = []
    size = 0
    for record in records:
        full = len(batch) == most_records or size + len(record.value) > most_bytes
        if batch and full:
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record.value)
    if batch:
        yield batch
