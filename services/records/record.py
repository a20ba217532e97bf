"""A record on its way: what is sent, and what became of one attempt to send it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from services.tables import Table


@dataclass(frozen=True, slots=True)
class Record:
    """One row, ready to be sent; `value` is its JSON text in UTF-8."""

    table: Table
    ind: int
    value: bytes

    @classmethod
    def of(cls, table: Table, ind: int, row: Mapping[str, object]) -> "Record":
        """Encode a row."""
        return cls(table, ind, msgspec.json.encode(row))


@dataclass(frozen=True, slots=True)
class Stored:
    """The attempt was acknowledged: the record is in the topic, here."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Sequenced:
    """The attempt was acknowledged: the record is in the stream, here."""

    shard_id: str
    sequence_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The attempt was not acknowledged.

    Attributes:
        cause: What happened, in one line; may quote the server.
        status: HTTP status, of the record itself where the answer tells; 0 without an answer.
        certain: The attempt certainly stored nothing; else it may have.
        retriable: It is worth sending the record again.
        retry_after: Seconds that the server asks to wait before that.
    """

    cause: str
    status: int = 0
    certain: bool
    retriable: bool
    retry_after: float = 0.0


Attempt = Stored | Sequenced | Failed


def requests(
    records: Sequence[Record], most_records: int, most_bytes: int
) -> Iterator[list[Record]]:
    """Cut the records into requests by number and size; one larger than that travels alone."""
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
