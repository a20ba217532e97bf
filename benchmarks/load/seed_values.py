"""Record values for the benchmarks: the seed's rows as the emulator posts them."""

from collections.abc import Iterator

import msgspec

from seed_data import generate
from services.tables import Table


def seed_values(table: Table, copies: int = 1) -> Iterator[bytes]:
    """JSON of every row of the invented table, the whole table so many times over."""
    for _ in range(copies):
        yield from map(msgspec.json.encode, generate(table.source))
