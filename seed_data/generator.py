"""The generator's door: the rows of one table, made one at a time."""

from collections.abc import Callable, Iterator, Mapping

from seed_data.geolocations import geolocations
from seed_data.pins import pins
from seed_data.users import users

Row = Mapping[str, str | int | float]

DEFAULT_ROWS = 11_154
"""As many as the course's tables have: 0 … 11153."""
DEFAULT_SEED = 100

_TABLES: dict[str, Callable[[int, int], Iterator[Row]]] = {
    "pinterest_data": pins,
    "geolocation_data": geolocations,
    "user_data": users,
}

SOURCES = tuple(_TABLES)
"""The tables' names in MySQL."""


def generate(source: str, rows: int = DEFAULT_ROWS, seed: int = DEFAULT_SEED) -> Iterator[Row]:
    """Make the rows of one table; dates are text such as `2021-09-26T19:49:23`.

    Args:
        source: The table's name in MySQL, one of `SOURCES`.
        rows: How many; their keys are 0 … rows - 1.
        seed: Same seed and rows, same tables.
    """
    return _TABLES[source](rows, seed)
