"""Dumps of other systems, which are refused with what to do instead."""

from services.source.formats.dump.tokens import DumpToken
from services.source.rows.raw_rows import UnreadableFileError

_AS_CSV = "export each table as CSV"
_FOREIGN = {
    "COPY": f"it is a PostgreSQL dump; {_AS_CSV}: psql -c '\\copy user_data TO user_data.csv CSV HEADER'",
    "GO": f"it is a script of SQL Server; {_AS_CSV} (in Management Studio: Tasks, Export Data)",
}


def refuse_foreign(first: DumpToken) -> None:
    """Refuse a statement that MySQL does not know.

    Args:
        first: Its first token.

    Raises:
        UnreadableFileError: the dump is another system's.
    """
    for word, reason in _FOREIGN.items():
        if first.says(word):
            raise UnreadableFileError(f"line {first.line}: {reason}")
