"""Delta tables that outlive a loss of power: neither Spark nor delta-rs syncs the files of a commit.

Appends of delta-rs must have a transaction identifier each. A writer calls `sync_commits` after its
commit, before it tells anybody that the rows are there. The version up to which that was done stands beside the table,
as Kafka's recovery point: what a loss of power tore can only be newer.
"""

import contextlib
import json
import os
from functools import partial
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.files import sync_file, sync_folder

FILE = "_recovery_point"

_LOG = "_delta_log"
_COUNTED = {
    "add": ("num_added_files", "numFilesAdded"),
    "remove": ("num_removed_files", "numFilesRemoved"),
}
"""An action, and what delta-rs calls the count of its lines."""

_UNKNOWN = 20
"""So many of the newest commits are synced where no version is noted."""


def sync_commits(folder: Path) -> None:
    """Put all commits of a table, and the files that they add, on the disk.

    Raises:
        OSError: the disk fails.
    """
    versions = _unsynced(folder, unknown=_UNKNOWN)
    if not versions:
        return
    for version in versions:
        for file in (*_added(folder, version), *_checkpoints(folder, version)):
            _sync_if_there(file)
        _sync_if_there(_commit(folder, version))
    sync_folder(folder)
    sync_folder(folder / _LOG)
    _note(folder, versions[-1])


def sync_checkpoint(folder: Path) -> None:
    """Put a table's newest checkpoint on the disk, before the commits that it stands for are deleted.

    Raises:
        OSError: the disk fails.
    """
    for file in sorted((folder / _LOG).glob("*.checkpoint*.parquet"))[-1:]:
        sync_file(file)
    _sync_if_there(folder / _LOG / "_last_checkpoint")
    sync_folder(folder / _LOG)


def drop_torn(folder: Path) -> list[str]:
    """Take the commits out that a loss of power has torn, with those after them; none of them was told to anybody.

    Returns:
        Names of their files, which stay beside the log as `….torn`.

    Raises:
        OSError: the disk fails.
    """
    dropped = list(dropwhile(partial(_is_whole, folder), _unsynced(folder, unknown=1)))
    if not dropped:
        return []
    for version in dropped:
        for file in _checkpoints(folder, version):
            file.unlink(missing_ok=True)
    files = [_commit(folder, version) for version in dropped]
    for file in reversed(files):
        file.replace(file.with_suffix(".json.torn"))
        file.with_name(f".{file.name}.crc").unlink(missing_ok=True)
    sync_folder(folder / _LOG)
    return [file.name for file in files]


def _unsynced(folder: Path, unknown: int) -> list[int]:
    """Versions after the noted one, in order; where none is noted, so many of the newest."""
    noted = _noted(folder)
    names = (file.stem for file in (folder / _LOG).glob("*.json"))
    versions = sorted(int(name) for name in names if name.isdigit())
    if noted is None:
        return versions[-unknown:]
    return [version for version in versions if version > noted]


def _commit(folder: Path, version: int) -> Path:
    return folder / _LOG / f"{version:020d}.json"


def _checkpoints(folder: Path, version: int) -> list[Path]:
    found = list((folder / _LOG).glob(f"{version:020d}.checkpoint*.parquet"))
    return [*found, folder / _LOG / "_last_checkpoint"] if found else []


def _actions(folder: Path, version: int) -> list[dict[str, Any]]:
    """The actions of a commit.

    Raises:
        ValueError: it is torn.
    """
    actions = [json.loads(line) for line in _commit(folder, version).read_bytes().splitlines()]
    if not actions or not all(isinstance(action, dict) for action in actions):
        raise ValueError("no commit")
    _check_complete(actions)
    return actions


def _check_complete(actions: list[dict[str, Any]]) -> None:
    """Refuse a commit of delta-rs that was cut between two lines: its first line counts the others.

    Raises:
        ValueError: a line is missing.
    """
    info = actions[0].get("commitInfo") or {}
    if not str(info.get("engineInfo")).startswith("delta-rs"):
        return
    metrics = info.get("operationMetrics") or {}
    for action, names in _COUNTED.items():
        counts = [metrics[name] for name in names if name in metrics]
        if counts and sum(action in other for other in actions) != counts[0]:
            raise ValueError(f"a line {action} is missing")
    if info.get("operation") == "WRITE" and not any("txn" in action for action in actions):
        raise ValueError("the last line, which says who wrote it, is missing")


def _added(folder: Path, version: int) -> list[Path]:
    with contextlib.suppress(FileNotFoundError):
        added = (action.get("add") for action in _actions(folder, version))
        return [folder / row["path"] for row in added if row]
    return []


def _is_whole(folder: Path, version: int) -> bool:
    try:
        added = [row for action in _actions(folder, version) if (row := action.get("add"))]
        for row in added:
            file = folder / row["path"]
            if file.stat().st_size != row["size"]:
                return False
            pq.read_table(file, partitioning=None)
    except (OSError, ValueError, RecursionError, KeyError, TypeError, pa.ArrowException):
        return False
    return True


def _noted(folder: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int((folder / FILE).read_text(encoding="ascii"))
    return None


def _note(folder: Path, version: int) -> None:
    """Handed to the operating system only: an older version is true as well."""
    with contextlib.suppress(OSError):
        file = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(file, b"%020d\n" % version, 0)
        finally:
            os.close(file)


def _sync_if_there(file: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        sync_file(file)
