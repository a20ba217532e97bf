"""Variables and connections out of files in the DAGs' folder, for the processes that load and run them."""

import json
import logging
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_VARIABLE, _CONNECTION = "AIRFLOW_VAR_", "AIRFLOW_CONN_"
_ENDINGS = ("json", "yaml", "yml")
_WORKSPACE = f"{_CONNECTION}DATABRICKS_DEFAULT"


def load(folder: Path, environment: MutableMapping[str, str]) -> None:
    """Add what `variables.json`, `connections.json` (or YAML) and `.env` name; what is set already counts.

    A connection to Databricks, whatever its name and host, is the one to the local workspace.
    """
    for name, value in _found(folder):
        local = environment.get(_WORKSPACE)
        is_databricks = name.startswith(_CONNECTION) and _connection_type(value) == "databricks"
        environment.setdefault(name, local if is_databricks and local else value)


def _found(folder: Path) -> Iterator[tuple[str, str]]:
    for prefix, stem in ((_VARIABLE, "variables"), (_CONNECTION, "connections")):
        for file in (folder / f"{stem}.{ending}" for ending in _ENDINGS):
            for name, value in _read(file).items():
                text = value if isinstance(value, str) else json.dumps(value)
                yield f"{prefix}{name}".upper(), text
    yield from _dotenv(folder / ".env")


def _read(file: Path) -> dict[str, Any]:
    """The file's names and values; none, with a word in the log, when it is no mapping."""
    import yaml

    if not file.is_file():
        return {}
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        values = None
    if not isinstance(values, dict):
        log.warning("%s is not read: it must hold one mapping of names to values", file)
        return {}
    return {str(name): value for name, value in values.items()}


def _dotenv(file: Path) -> Iterator[tuple[str, str]]:
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if equals and name.startswith((_VARIABLE, _CONNECTION)):
            yield name, value.strip().strip("'\"")


def _connection_type(value: str) -> str:
    if not value.lstrip().startswith("{"):
        return value.partition("://")[0]
    try:
        return str(json.loads(value).get("conn_type", ""))
    except ValueError:
        return ""
