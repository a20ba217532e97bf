"""A record on its way: one row of a table, ready to be sent."""

from collections.abc import Mapping
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
        return cls(table, ind, msgspec.json.encode(row))
