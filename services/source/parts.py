"""Where rows come from: a file, or the generator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from seed_data import generate
from services.source.files.data_file import DataFile
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.raw_rows import RawRow, RawRows
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
        whole: What it is a part of: other parts of that may hold the same table.
    """

    name: str
    size: int
    tables: tuple[Table, ...]
    rows: Callable[[OnProgress], RawRows]
    whole: str = ""


_EVERY = 500
"""Rows between two reports of progress."""


def file_part(file: DataFile, options: LoadOptions = NO_OPTIONS) -> Part:

    def rows(progress: OnProgress) -> RawRows:
        opened: list[BinaryIO] = []
        for number, row in enumerate(file.rows(options, opened.append)):
            if number % _EVERY == 0 and opened:
                progress(opened[0].tell())
            yield row

    tables = (file.table,) if file.table else ()
    size = 0 if file.path.is_dir() else file.path.stat().st_size
    return Part(file.name, size, tables, rows, str(file.group or ""))


def seed_part(table: Table, count: int, seed: int) -> Part:
    """A table's invented rows; the line is the row's number."""

    def rows(progress: OnProgress) -> RawRows:
        for number, values in enumerate(generate(table.source, count, seed), start=1):
            if number % _EVERY == 0:
                progress(number)
            yield RawRow(table, number, values)

    return Part(f"seed {seed}", count, (table,), rows)
