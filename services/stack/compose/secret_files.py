"""The containers' secrets as files: `<state>/secrets/<name>`, mounted at `/run/secrets/<name>`."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from services.files import private_folder
from services.settings import Settings
from services.source.accounts import accounts_sql
from services.stack.airflow_configuration import secret_files as airflow

FIELDS = (
    "aws_access_key_id",
    "aws_secret_access_key",
    "mysql_password",
    "mysql_reader_password",
    "spark_token",
    "workspace_token",
    "jupyter_token",
)
"""Settings that are a file each."""

_FOLDER_MODE, _MODE, _WRITING_MODE = 0o700, 0o444, 0o600


def contents(settings: Settings) -> dict[str, str]:
    """Name → content of every secret file."""
    values = {name: getattr(settings, name, SecretStr("")) for name in FIELDS}
    return {
        **{name: value.get_secret_value() for name, value in values.items()},
        "mysql_accounts": accounts_sql(settings, host="%"),
        **airflow.secret_files(settings),
    }


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write what differs, and return its names.

    Containers read the files under their own users, but only this user gets to the folder. A file keeps its inode,
    because a container that has it mounted would go on seeing the old one.

    Raises:
        OSError: a file cannot be written.
    """
    private_folder(folder)
    folder.chmod(_FOLDER_MODE)
    changed = [name for name, text in files.items() if _differs(folder / name, text.encode())]
    for name in changed:
        _write(folder / name, files[name].encode())
    return changed


def _differs(file: Path, content: bytes) -> bool:
    return not file.is_file() or file.read_bytes() != content


def _write(file: Path, content: bytes) -> None:
    if file.is_dir():  # what Docker leaves where it was to mount a file that was not there
        file.rmdir()
    if file.exists():
        file.chmod(_WRITING_MODE)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, _WRITING_MODE)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.truncate()
    file.chmod(_MODE)
