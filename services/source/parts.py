"""Where rows come from: a file, or the generator."""

from collections.abc import Callable
from dataclasses import dataclass

from seed_data import generate
from services.source.data_files import DataFile, open_unpacked
from services.source.formats.raw_rows import RawRow, RawRows
from services.tables import Table

OnProgress = Callable[[int], None]
"""Called now and then with how much is read."""


@dataclass(frozen=True)
class Part:
    """Some of the rows to load.

    Attributes:
        name: The file, as messages name it.
        size: Bytes, or rows where there is no file; what `read` counts to.
        tables: The tables it names; a dump finds that out on the way and names none.
        rows: Reads the rows; takes what to call with how much is read.
    """

    name: str
    size: int
    tables: tuple[Table, ...]
    rows: Callable[[OnProgress], RawRows]


_EVERY = 500
"""Rows between two reports of progress."""


def file_part(file: DataFile) -> Part:

    def rows(progress: OnProgress) -> RawRows:
        with open_unpacked(file.path) as (text, raw):
            for number, row in enumerate(file.rows(text)):
                if number % _EVERY == 0:
                    progress(raw.tell())
                yield row

    tables = (file.table,) if file.table else ()
    return Part(str(file.path), file.path.stat().st_size, tables, rows)


def seed_part(table: Table, count: int, seed: int) -> Part:
    """A table's invented rows; the line is the row's number."""

    def rows(progress: OnProgress) -> RawRows:
        for number, values in enumerate(generate(table.source, count, seed), start=1):
            if number % _EVERY == 0:
                progress(number)
            yield RawRow(table, number, values)

    return Part(f"seed {seed}", count, (table,), rows)
