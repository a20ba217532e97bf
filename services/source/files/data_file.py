"""A file of a load: opened, and its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from services.source.files.contents import Content, is_parquet, refuse_unreadable, text_content
from services.source.files.encoding import encoding_of
from services.source.files.packing import unpacked
from services.source.formats.columnar import delta_rows, parquet_rows
from services.source.formats.csv.rows import csv_rows
from services.source.formats.dump.rows import dump_rows
from services.source.formats.json.rows import json_rows
from services.source.load_options import LoadOptions
from services.source.rows.raw_rows import RawRows, UnreadableFileError
from services.tables import Table

_HEAD = 1 << 12

OnOpen = Callable[[BinaryIO], None]
"""Called with the bytes on the disk, whose position tells how much is read."""


@dataclass(frozen=True)
class DataFile:
    """A file to load.

    Attributes:
        path: Where it is.
        suffix: Its name's ending in small letters, whatever packing is around it.
        table: The table it holds; None where its content says so.
        member: Its name in the archive that `path` is.
        group: The folder whose parts are one table.
    """

    path: Path
    suffix: str
    table: Table | None
    member: str | None = None
    group: Path | None = None

    @property
    def name(self) -> str:
        """As messages name it."""
        return f"{self.path}: {self.member}" if self.member else str(self.path)

    def rows(self, options: LoadOptions, on_open: OnOpen = lambda _: None) -> RawRows:
        """Read the rows.

        Raises:
            UnreadableFileError: the file as a whole cannot be loaded.
        """
        if self.path.is_dir():
            yield from delta_rows(self.table, self.path)
            return
        with unpacked(self.path, self.member) as (content, raw):
            head = content.peek(_HEAD)[:_HEAD]
            on_open(raw)
            if is_parquet(head):
                yield from self._parquet(content, raw)
            else:
                refuse_unreadable(head)
                yield from self._text(content, head, options)

    def _parquet(self, content: BufferedReader, raw: BinaryIO) -> RawRows:
        if content is not raw:
            raise UnreadableFileError("it is a packed Parquet file; unpack it, and load that")
        return parquet_rows(self.table, self.path)

    def _text(self, content: BufferedReader, head: bytes, options: LoadOptions) -> RawRows:
        """Bytes that are not in the encoding become lone surrogates, so that only their row is rejected."""
        encoding = encoding_of(head, options.encoding)
        start = head.decode(encoding, "replace")
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        text = TextIOWrapper(content, encoding=encoding, errors=errors, newline="")
        kind = text_content(start, self.suffix)
        if kind is Content.SQL:
            return dump_rows(text, options)
        if kind is Content.JSON:
            return json_rows(self.table, text)
        return csv_rows(self.table, text, options)
