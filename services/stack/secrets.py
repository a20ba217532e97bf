"""Passwords and keys: generated once, kept in `.env`, readable by the owner alone."""

import base64
import secrets
from collections.abc import Callable
from pathlib import Path

from dotenv import dotenv_values

from services.files import write_private

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


def ensure_secrets(file: Path) -> list[str]:
    """Add what is missing or empty to the env file (mode 600); return the names that were generated."""
    present = file.read_text(encoding="utf-8") if file.exists() else _HEADER
    values = dotenv_values(file)
    missing = [name for name in _GENERATORS if not values.get(name)]
    if missing:
        lines = [f"{name}={_GENERATORS[name]()}" for name in missing]
        write_private(file, "\n".join([present.rstrip("\n"), *lines, ""]))
    return missing


def ensure_value(file: Path, name: str, value: str) -> None:
    """Let the env file say `name=value`, in the place of whatever it says now."""
    if dotenv_values(file).get(name) == value:
        return
    text = file.read_text(encoding="utf-8") if file.exists() else _HEADER
    lines = [line for line in text.splitlines() if line.partition("=")[0].strip() != name]
    write_private(file, "\n".join([*lines, f"{name}={value}", ""]))
