"""Finds and opens the files of a load."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from services.source.formats.csv_rows import csv_rows
from services.source.formats.dump.rows import dump_rows
from services.source.formats.jsonl_rows import jsonl_rows
from services.source.formats.raw_rows import RawRows, UnreadableFileError
from services.tables import TABLES, Table

_READERS = {".csv": csv_rows, ".jsonl": jsonl_rows, ".ndjson": jsonl_rows}
_DUMP = ".sql"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_GZIP_MARK = b"\x1f\x8b"
_LONGEST = 1 << 25
"""Characters of a line; MySQL's packets hold 16 MB."""

_BY_SOURCE = {table.source: table for table in TABLES}


@dataclass(frozen=True)
class DataFile:
    """A file to load.

    Attributes:
        path: Where it is.
        suffix: `.csv`, `.jsonl`, `.ndjson` or `.sql`, whatever packing is around it.
        table: The table it holds; None for a dump, which names its tables itself.
    """

    path: Path
    suffix: str
    table: Table | None

    def rows(self, text: TextIO) -> RawRows:
        if self.table is None:
            return dump_rows(text)
        return _READERS[self.suffix](self.table, _lines(text))


def _lines(text: TextIO) -> Iterator[str]:
    """The lines, with their ends; a packed file that is one endless line does not fill the memory.

    Raises:
        UnreadableFileError: a line is too long.
    """
    while line := text.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise UnreadableFileError(f"a line has more than {_LONGEST:,} characters; no row has")
        yield line


def _data_file(path: Path) -> DataFile | None:
    """What the file's name says that it is; None if it is nothing to load.

    A dump's own name means nothing: `pinterest_data` is a table and the course's database, too.
    """
    name = path.name.lower().removesuffix(".gz")
    stem, dot, ending = name.rpartition(".")
    suffix = dot + ending
    if suffix == _DUMP:
        return DataFile(path, suffix, None)
    if suffix in _READERS and stem in _BY_SOURCE:
        return DataFile(path, suffix, _BY_SOURCE[stem])
    return None


def _expected() -> str:
    names = ", ".join(f"{table.source}.csv" for table in TABLES)
    return f"Wanted: {names} (or .jsonl), or an SQL dump (.sql); each may be packed (.gz)."


def find_files(data: Path) -> list[DataFile]:
    """List the files to load.

    Args:
        data: A file, or a folder with files named after the tables; others in it are left alone.

    Raises:
        UnreadableFileError: there is nothing to load.
    """
    if not data.exists():
        raise UnreadableFileError(f"{data} does not exist.")
    paths = sorted(data.iterdir()) if data.is_dir() else [data]
    files = [file for path in paths if path.is_file() and (file := _data_file(path))]
    if not files:
        raise UnreadableFileError(f"{data} holds nothing to load. {_expected()}")
    return files


def _unpacked(file: BinaryIO) -> BinaryIO:
    start = file.read(2)
    file.seek(0)
    if start in _UTF16_MARKS:
        raise UnreadableFileError("it is UTF-16; save it as UTF-8")
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if start == _GZIP_MARK else file


@contextmanager
def open_unpacked(path: Path) -> Iterator[tuple[TextIO, BinaryIO]]:
    """Open a file as UTF-8 text, unpacked if need be, and as the bytes on the disk.

    Bytes that are not UTF-8 come out as lone surrogates, so that only the row that holds them is
    rejected. The position in the bytes tells how much is read.

    Raises:
        UnreadableFileError: the file cannot be opened.
    """
    try:
        with path.open("rb") as raw:
            text = TextIOWrapper(
                _unpacked(raw), encoding="utf-8-sig", errors="surrogateescape", newline=""
            )
            yield text, raw
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFileError(f"it cannot be read: {error}") from error
