"""The cloud's keys where notebooks of the course look for them: as a CSV file and as a Delta table.

Both are private to the user whose stack this is, and hold the keys of the local S3 and Kinesis.
"""

import csv
import io
import shutil
from pathlib import Path

from services.files import lock_beside, write_private
from services.settings import Settings

_COLUMNS = ("User name", "Access key ID", "Secret access key")
"""AWS' own names, in the file that it offers for a new user's keys."""

_USER = "databricks-user"
"""The name that the course gives this user."""

CSV = "FileStore/tables/authentication_credentials.csv"
TABLE = "user/hive/warehouse/authentication_credentials"


def ensure_credentials(settings: Settings) -> None:
    """Write both where they are missing or hold other keys; nothing happens with a real cloud's own key search.

    The file is written last: while it is as it should be, the table needs no look into.
    """
    row = (
        _USER,
        settings.aws_access_key_id.get_secret_value(),
        settings.aws_secret_access_key.get_secret_value(),
    )
    if not all(row) or _written(settings, row):
        return
    file = settings.dbfs / CSV
    with lock_beside(settings.workspace_state / "credentials"):
        if not _written(settings, row):
            _write_table(settings.dbfs / TABLE, row)
            write_private(file, _text(row))


def _written(settings: Settings, row: tuple[str, ...]) -> bool:
    file, log = settings.dbfs / CSV, settings.dbfs / TABLE / "_delta_log"
    return log.is_dir() and file.is_file() and file.read_text(encoding="utf-8") == _text(row)


def _text(row: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_COLUMNS, row])
    return out.getvalue()


def _write_table(folder: Path, row: tuple[str, ...]) -> None:
    """Make the table anew if it cannot be read.

    Imported here: a session that finds the table as it should be does not pay for the imports.
    """
    import pyarrow as pa  # noqa: PLC0415
    from deltalake import write_deltalake  # noqa: PLC0415
    from deltalake.exceptions import DeltaError  # noqa: PLC0415

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = pa.table({name: [value] for name, value in zip(_COLUMNS, row, strict=True)})
    try:
        write_deltalake(str(folder), rows, mode="overwrite")
    except DeltaError:
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        write_deltalake(str(folder), rows)
