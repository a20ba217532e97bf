"""The cloud's keys where notebooks of the course look for them: as a CSV file and as a Delta table.

Both are private to the user whose stack this is. They hold the keys of the local S3 and Kinesis, and never those of
an account at AWS: in their place they hold stand-ins, which a notebook uses as it would use the keys, and which
`services.workspace.kernel` takes for the keys of the settings where a request is signed.
"""

import contextlib
import csv
import io
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from services.aws import is_aws
from services.files import lock_beside, private_folder, write_private
from services.settings import Settings

if TYPE_CHECKING:
    from deltalake import DeltaTable

log = logging.getLogger(__name__)

_COLUMNS = ("User name", "Access key ID", "Secret access key")
"""AWS' own names, in the file that it offers for a new user's keys."""

_USER = "databricks-user"
"""The name that the course gives this user."""

CSV = "FileStore/tables/authentication_credentials.csv"
TABLE = "user/hive/warehouse/authentication_credentials"

_REAL = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}")
_WITHOUT_OLD_VERSIONS = "2"
"""Content of the file that says that the table's history holds no key; earlier releases kept it."""


class Keys(NamedTuple):
    """An access key's id and its secret; both empty where boto3 is to search itself."""

    access_key_id: str
    secret_access_key: str


STAND_IN = Keys("PCLDSTANDINFORAWSKEY", "stand-in-for-AWS_SECRET_ACCESS_KEY-of-.env")
"""What file and table hold in the place of an AWS account's keys."""


def own_keys(settings: Settings) -> Keys:
    """The keys that requests are signed with."""
    return Keys(
        settings.aws_access_key_id.get_secret_value(),
        settings.aws_secret_access_key.get_secret_value(),
    )


def are_real(settings: Settings) -> bool:
    """Whether the settings' keys open an account at AWS, as far as one can tell."""
    key = settings.aws_access_key_id.get_secret_value()
    return bool(key) and (is_aws(settings) or _REAL.fullmatch(key) is not None)


def ensure_credentials(settings: Settings) -> None:
    """Write both where they are missing or hold other keys; nothing happens with a real cloud's own key search.

    The file is written last: while it is as it should be, the table needs no look into.
    """
    row = (_USER, *(STAND_IN if are_real(settings) else own_keys(settings)))
    if not all(row) or _written(settings, row):
        return
    file = settings.dbfs / CSV
    with lock_beside(settings.workspace_state / "credentials"):
        if not _written(settings, row):
            _write_table(settings.dbfs / TABLE, row)
            write_private(_form(settings), _WITHOUT_OLD_VERSIONS)
            write_private(file, _text(row))


def remove_old_versions(settings: Settings) -> None:
    """Write both anew where an earlier release has left a table, whose history may hold an account's keys."""
    if (settings.dbfs / TABLE).is_dir() and _read(_form(settings)) != _WITHOUT_OLD_VERSIONS:
        ensure_credentials(settings)


def _written(settings: Settings, row: tuple[str, ...]) -> bool:
    log_folder = settings.dbfs / TABLE / "_delta_log"
    return (
        log_folder.is_dir()
        and _read(settings.dbfs / CSV) == _text(row)
        and _read(_form(settings)) == _WITHOUT_OLD_VERSIONS
    )


def _form(settings: Settings) -> Path:
    return settings.workspace_state / "credentials.form"


def _read(file: Path) -> str | None:
    with contextlib.suppress(FileNotFoundError):
        return file.read_text(encoding="utf-8", errors="replace")
    return None


def _text(row: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_COLUMNS, row])
    return out.getvalue()


def _write_table(folder: Path, row: tuple[str, ...]) -> None:
    """Make the table's only version; it is made anew if it cannot be read.

    Imported here: a session that finds the table as it should be does not pay for the imports.
    """
    import pyarrow as pa  # noqa: PLC0415
    from deltalake import DeltaTable, write_deltalake  # noqa: PLC0415
    from deltalake.exceptions import DeltaError  # noqa: PLC0415

    private_folder(folder)
    rows = pa.table({name: [value] for name, value in zip(_COLUMNS, row, strict=True)})
    try:
        write_deltalake(str(folder), rows, mode="overwrite")
        table = DeltaTable(str(folder))
        if table.version():
            _remove_history(table, folder)
    except DeltaError:
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        write_deltalake(str(folder), rows)


def _remove_history(table: "DeltaTable", folder: Path) -> None:
    """Keep the newest version alone: older ones' rows are in files of their own, and in their commits' statistics."""
    table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    table.update_incremental()
    table.create_checkpoint()
    for file in _commits_before(table.version(), folder / "_delta_log"):
        file.unlink(missing_ok=True)
    log.warning("old versions of %s, and the keys in them, were removed", folder)


def _commits_before(version: int, folder: Path) -> Iterator[Path]:
    """Commits, their checksums and checkpoints; `.1.json.crc` is Hadoop's checksum of `1.json`."""
    for file in list(folder.iterdir()):
        number = file.name.lstrip(".").partition(".")[0]
        if number.isdecimal() and int(number) < version:
            yield file
