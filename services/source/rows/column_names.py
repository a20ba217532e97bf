"""The columns of a file, by the names that the source has for them."""

from collections.abc import Sequence

from services.source.schema import columns
from services.tables import TABLES, Table

_COUNTERS = frozenset(("", "unnamed:_0", "level_0", "__index_level_0__", "_c0"))
"""Names of the row counter that pandas and its like write beside the columns."""

_KEYS = ("ind", "index")


def source_names(table: Table, names: Sequence[str]) -> list[str | None]:
    """The table's own names for a file's columns, whatever their case and the blanks in them.

    Returns:
        None for a row counter, which is left out; a name that the table does not have as it is.
    """
    plain = [_plain(table, name) for name in names]
    known = {column.name for column in columns(table)}
    other = next(name for name in _KEYS if name != table.key)
    has_key = table.key in plain
    found: list[str | None] = []
    for given, name in zip(names, plain, strict=True):
        if name in known:
            found.append(name)
        elif name == other and not has_key:
            found.append(table.key)
        elif name in _COUNTERS or (name == "index" and has_key):
            found.append(None)
        else:
            found.append(given)
    return found


def table_of(names: Sequence[str]) -> Table | None:
    """The table that has these columns, all of them and no others; None if there is none."""
    for table in TABLES:
        found = [name for name in source_names(table, names) if name is not None]
        if sorted(found) == sorted(column.name for column in columns(table)):
            return table
    return None


def _plain(table: Table, name: str) -> str:
    """`User_Data.First Name` → `first_name`."""
    plain = "_".join(name.strip("\ufeff \t\r\n`\"'[]").replace("-", " ").lower().split())
    return plain.removeprefix(f"{table.source}.")
