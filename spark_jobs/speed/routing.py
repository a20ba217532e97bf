"""Whose row a record of a shared stream is: its partition key says so, else its own columns."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from services.tables import TABLES
from spark_jobs.parse import single
from spark_jobs.schemas import schema

UNROUTED = "neither its partition key nor its columns say which table it is a row of"

_NAMES = [table.name for table in TABLES]
_SHARED_COLUMNS = {"index", "ind"}


def routed() -> Column:
    """Name of the table; null where nothing says it.

    A key is a table's when exactly one of the names is a word of it, or, without such a word, a part of it:
    `pin`, `0a1b2c3d4e5f-geo`, `userdata`. Columns are a table's when no other table has any of them.
    """
    key = F.lower(F.col("partitionKey"))
    words = F.array_intersect(F.split(key, "[^a-z]+"), _texts(_NAMES))
    parts = F.filter(_texts(_NAMES), lambda name: F.contains(key, name))
    return F.coalesce(
        F.when(F.size(words) == 1, words[0]),
        F.when((F.size(words) == 0) & (F.size(parts) == 1), parts[0]),
        _by_columns(),
    )


def _by_columns() -> Column:
    text = single(F.try_validate_utf8(F.col("data").cast("string")))
    names = F.json_object_keys(text)
    owners = [
        F.when(F.arrays_overlap(names, _texts(own)), F.lit(name)) for name, own in _own().items()
    ]
    found = F.array_compact(F.array(*owners))
    return F.when(F.size(found) == 1, found[0])


def _own() -> dict[str, list[str]]:
    """Columns that one table alone has."""
    return {
        table.name: [name for name in schema(table).raw if name not in _SHARED_COLUMNS]
        for table in TABLES
    }


def _texts(values: list[str]) -> Column:
    return F.array(*map(F.lit, values))
