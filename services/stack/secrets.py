"""Passwords and keys: generated once, kept in `.env`, readable by the owner alone."""

import base64
import io
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO

from dotenv import dotenv_values

from services.checkout.location import env_text
from services.files import close_to_others, lock, write_private

_HEADER = """\
# Settings of this checkout. The values below were generated at the first start; add your own lines,
# for example KAFKA_PORT=19092. Every setting is described in services/settings.py.
"""


def _password() -> str:
    return secrets.token_urlsafe(18)


_GENERATORS: dict[str, Callable[[], str]] = {
    "MYSQL_PASSWORD": _password,
    "MYSQL_READER_PASSWORD": _password,
    # LocalStack would read the number of an account out of a key that begins as AWS' or its own do.
    "AWS_ACCESS_KEY_ID": lambda: "PCLD" + secrets.token_hex(8).upper(),
    "AWS_SECRET_ACCESS_KEY": lambda: secrets.token_hex(20),
    "SPARK_TOKEN": lambda: secrets.token_hex(24),
    "WORKSPACE_TOKEN": lambda: "dapi" + secrets.token_hex(16),
    "JUPYTER_TOKEN": _password,
    "AIRFLOW_PASSWORD": _password,
    "AIRFLOW_SECRET_KEY": lambda: secrets.token_hex(32),
    "AIRFLOW_FERNET_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def prepare_env_file(file: Path, say: Callable[[str], None]) -> None:
    """Let the env file have every password and key, and no reader but its owner; say what was done about it.

    Raises:
        EnvFileError: it cannot be read.
        OSError: it cannot be written.
    """
    if ensure_secrets(file):
        say(f"Passwords and keys were generated into {file}.")
    if close_to_others(file):
        say(f"{file} was open to other users of this machine, and is yours alone now (mode 600).")


def ensure_secrets(file: Path) -> list[str]:
    """Add what is missing or empty to the env file (mode 600); return the names that were generated.

    One process at a time: of two first starts at once, the second one finds what the first one has generated.

    Raises:
        EnvFileError: it cannot be read.
    """
    with _changing(file):
        values = dotenv_values(stream=io.StringIO(env_text(file)))
        missing = [name for name in _GENERATORS if not values.get(name)]
        if missing:
            lines = [f"{name}={_GENERATORS[name]()}" for name in missing]
            _write(file, [*_lines(file), *lines])
    return missing


def ensure_value(file: Path, name: str, value: str) -> None:
    """Let the env file say `name=value`, in the place of whatever it says now."""
    with _changing(file):
        if dotenv_values(stream=io.StringIO(env_text(file))).get(name) == value:
            return
        lines = [line for line in _lines(file) if line.partition("=")[0].strip() != name]
        _write(file, [*lines, f"{name}={value}"])


def _changing(file: Path) -> IO[bytes]:
    return lock(file.with_name(f"{file.name}.lock"))


def _lines(file: Path) -> list[str]:
    return (env_text(file) or _HEADER).rstrip("\n").splitlines()


def _write(file: Path, lines: list[str]) -> None:
    """Replace the text, in the place that a link leads to."""
    write_private(file.resolve(), "\n".join([*lines, ""]))
