"""What a file is, by its first bytes; what cannot be loaded is refused with what to do instead."""

import re
from enum import Enum

from services.source.rows.raw_rows import UnreadableFileError

_CSV_INSTEAD = "export each table as CSV, and load that"
_UNPACK = "unpack it, and load what is in it"

_REFUSED: dict[bytes, str] = {
    b"SQLite format 3\x00": "it is a database of SQLite; load a dump of it (sqlite3 FILE .dump > data.sql)",
    b"PGDMP": f"it is a dump in PostgreSQL's own format; {_CSV_INSTEAD}",
    b"\xd0\xcf\x11\xe0": "it is a document of Office (or Excel 97); save each sheet as CSV UTF-8, and load that",
    b"PK\x03\x04": f"it is an archive in an archive; {_UNPACK}",
    b"7z\xbc\xaf\x27\x1c": f"it is a 7z archive; {_UNPACK}",
    b"Rar!": f"it is a RAR archive; {_UNPACK}",
    b"Obj\x01": f"it is Avro; {_CSV_INSTEAD}, or write Parquet",
    b"ORC": f"it is ORC; {_CSV_INSTEAD}, or write Parquet",
    b"ARROW1": f"it is Feather; {_CSV_INSTEAD}, or write Parquet",
    b"\x80\x03": f"it is a pickle of Python, which can run code; {_CSV_INSTEAD}",
    b"\x80\x04": f"it is a pickle of Python, which can run code; {_CSV_INSTEAD}",
    b"\x80\x05": f"it is a pickle of Python, which can run code; {_CSV_INSTEAD}",
    b"version https://git-lfs": "it is a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`",
}
_TAR_MARK, _TAR_AT = b"ustar", 257
_XML_DUMP = re.compile(rb"<mysqldump|<pma_xml_export|<resultset", re.IGNORECASE)
_XML = re.compile(rb"\s*<")
_JSON = re.compile(r"\s*[\[{]")
_SQL = re.compile(
    r"\s*(?:--\s|/\*|#|(?:insert|replace)\s+into\b|create\s+(?:table|database|schema)\b|drop\s+table\b"
    r"|use\s+[`\w]|set\s+[@\w]|start\s+transaction\b|lock\s+tables\b|pragma\s|delimiter\s)",
    re.IGNORECASE,
)


class Content(Enum):
    """What is read in one way."""

    PARQUET = "Parquet"
    SQL = "SQL"
    JSON = "JSON"
    CSV = "CSV"


def refuse_unreadable(head: bytes) -> None:
    """Refuse what is no table in a form that is read.

    Raises:
        UnreadableFileError: with what it is, and what to do.
    """
    for mark, reason in _REFUSED.items():
        if head.startswith(mark):
            raise UnreadableFileError(reason)
    if head[_TAR_AT:].startswith(_TAR_MARK):
        raise UnreadableFileError(f"it is a tar archive; {_UNPACK}")
    if _XML_DUMP.search(head):
        raise UnreadableFileError(
            "it is an export as XML, which loses what is NULL and what is empty text in some tools; "
            "make it without --xml (or as SQL, or CSV)"
        )
    if _XML.match(head):
        raise UnreadableFileError(
            "it is XML or a web page (a login page in the file's place?), not the data"
        )


def is_parquet(head: bytes) -> bool:
    return head.startswith(b"PAR1")


def text_content(start: str, suffix: str) -> Content:
    """What a text is: its beginning says it, or else its name's ending."""
    if suffix == ".sql":
        return Content.SQL
    if _JSON.match(start) or suffix in (".json", ".jsonl", ".ndjson"):
        return Content.JSON
    return Content.SQL if _SQL.match(start) and suffix != ".tsv" else Content.CSV
