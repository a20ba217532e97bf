"""What a reader of files hands on: raw rows, and places where no row could be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.tables import Table

Value = str | int | float | bool | None
"""As read: text from CSV, JSON's own types from JSONL."""


@dataclass(frozen=True)
class RawRow:
    """A row as the file holds it, not checked yet.

    Attributes:
        table: Where it belongs.
        line: The file's line it begins at, from 1.
        values: By column name; `object` since JSON may hold lists and objects, too.
    """

    table: Table
    line: int
    values: Mapping[str, object]


@dataclass(frozen=True)
class RejectedRow:
    """A row that cannot be loaded, and why."""

    table: Table
    line: int
    reason: str


RawRows = Iterator[RawRow | RejectedRow]
"""What every reader yields, in the file's order."""


class UnreadableFileError(Exception):
    """The file as a whole cannot be loaded; the message says what to do."""
