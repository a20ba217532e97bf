"""Rows of one JSON object that holds a whole table: pandas' orients, and what database tools write."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from services.source.rows.column_names import table_of
from services.source.rows.values import quote_value
from services.tables import TABLES, Table

Rows = Iterator[object]
Named = tuple[Table | None, Rows]
"""The table that the object names, if it names one, and the rows."""

_BY_SOURCE = {table.source: table for table in TABLES}


def tables_of(document: object) -> Iterator[Named]:
    """The tables of a document; nothing if it is not known.

    `split` and `table` hold lists of names and of rows, `index` an object a row, `columns` an
    object a column; phpMyAdmin and DBeaver put lists of rows under the tables' names.
    """
    if not isinstance(document, dict):
        return
    if document.get("type") == "table" and isinstance(document.get("data"), list):
        table = _BY_SOURCE.get(str(document.get("name")))
        if table:
            yield table, iter(document["data"])
        return
    for shape in (_split, _named_lists, _rows_by_index, _columns):
        if found := shape(document):
            yield from found
            return


def _split(document: Mapping[str, object]) -> list[Named]:
    data, names = document.get("data"), document.get("columns")
    if not isinstance(data, list):
        return []
    if isinstance(names, list):
        return [(None, (_zipped(names, row) for row in data))]
    return [(None, iter(data))]


def _zipped(names: list[object], row: object) -> object:
    if not isinstance(row, list) or len(row) != len(names):
        return row
    return dict(zip(map(str, names), row, strict=True))


def _named_lists(document: Mapping[str, object]) -> list[Named]:
    """Lists of objects, whatever they are called; a name of ours says the table."""
    lists = [
        (_BY_SOURCE.get(name), iter(rows))
        for name, rows in document.items()
        if isinstance(rows, list) and rows and isinstance(rows[0], dict)
    ]
    ours = [named for named in lists if named[0]]
    return ours or lists[:1]


def _rows_by_index(document: Mapping[str, object]) -> list[Named]:
    first = next(iter(document.values()), None)
    if not isinstance(first, dict) or table_of(list(first)) is None:
        return []
    return [(None, iter(document.values()))]


def _columns(document: Mapping[str, object]) -> list[Named]:
    """An object or a list a column."""
    if table_of(list(document)) is None:
        return []
    columns = {
        name: list(values.values()) if isinstance(values, dict) else values
        for name, values in document.items()
    }
    lengths = {len(values) for values in columns.values() if isinstance(values, list)}
    if len(lengths) != 1 or not all(isinstance(values, list) for values in columns.values()):
        return []
    return [(None, _transposed(columns, lengths.pop()))]


def _transposed(columns: Mapping[str, object], length: int) -> Rows:
    get: Callable[[object, int], object] = lambda values, at: values[at]  # type: ignore[index]  # noqa: E731
    return ({name: get(values, at) for name, values in columns.items()} for at in range(length))


def shown_keys(document: object) -> str:
    """The first keys of a document that is not known, for a message."""
    keys = list(islice(document, 5)) if isinstance(document, dict) else []
    return ", ".join(map(quote_value, keys)) or quote_value(document)
