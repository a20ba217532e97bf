"""How far a streaming query has come, read from its checkpoint folder without Spark.

The layout is Spark's (Structured Streaming): `metadata` holds the query's id; `offsets/<n>` says what batch n
is made of, written before it runs, and `commits/<n>` that it is done. An offset file is a line `v1`, a line of
metadata, and a line for each source; our one source writes docs/architecture.md's JSON object.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.files import replace, sync_file, sync_folder

_NEWEST = 3
"""Files of a folder that a loss of power may have torn: Spark writes one at a time."""


@dataclass(frozen=True)
class ShardPosition:
    """How far one shard is read.

    Attributes:
        after: Everything up to and including this sequence number; None when nothing is read yet.
        closed: The shard is read to its end.
        at: When the record `after` arrived (epoch ms). Where nothing is read yet, reading begins at this time;
            None is the horizon.
    """

    after: int | None
    closed: bool = False
    at: int | None = None


@dataclass(frozen=True)
class CommittedBatch:
    """The newest batch that is done.

    Attributes:
        query_id: Identifier of the streaming query.
        batch: Number of the batch.
        streams: Stream → shard → how far it is read.
    """

    query_id: str
    batch: int
    streams: dict[str, dict[str, ShardPosition]]


def committed(checkpoint: Path) -> CommittedBatch | None:
    """The newest committed batch; None before the first."""
    batch, identifier = _newest(checkpoint / "commits"), query_id(checkpoint)
    if batch is None or identifier is None:
        return None
    return CommittedBatch(identifier, batch, _streams(checkpoint / "offsets" / str(batch)))


def query_id(checkpoint: Path) -> str | None:
    """Identifier of the query that the checkpoint belongs to; None without a checkpoint."""
    metadata = checkpoint / "metadata"
    if not metadata.exists():
        return None
    return str(json.loads(metadata.read_text(encoding="utf-8"))["id"])


def begin(checkpoint: Path) -> str:
    """Make a checkpoint for a query that has not run yet, and return the query's identifier."""
    identifier = str(uuid.uuid4())
    replace(checkpoint / "metadata", json.dumps({"id": identifier}).encode())
    return identifier


def sync_plan(checkpoint: Path, batch: int) -> None:
    """Put what a batch is made of on the disk, before its rows are written: Spark leaves that to the page cache.

    Raises:
        OSError: the disk fails.
    """
    offsets = checkpoint / "offsets"
    for file in (offsets / str(batch), offsets / f".{batch}.crc"):
        if file.exists():
            sync_file(file)
    if offsets.exists():
        sync_folder(offsets)


def drop_torn(checkpoint: Path, done: int | None) -> list[str]:
    """Delete what a loss of power has torn: plans of batches that are not in the table yet, and marks of their end.

    Args:
        checkpoint: Its folder; no query runs.
        done: The query's newest batch in the table; None before the first.

    Returns:
        Names of the files. Spark plans those batches anew.
    """
    dropped = []
    for folder, read in ((checkpoint / "offsets", _streams), (checkpoint / "commits", _mark)):
        for number in sorted(_numbers(folder), reverse=True)[:_NEWEST]:
            (folder / f".{number}.crc").unlink(missing_ok=True)
            planned = folder.name == "offsets"
            if not _is_readable(folder / str(number), read) and not (
                planned and number <= (-1 if done is None else done)
            ):
                (folder / str(number)).unlink()
                dropped.append(f"{folder.name}/{number}")
    return dropped


def _is_readable(file: Path, read: Callable[[Path], object]) -> bool:
    try:
        read(file)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    return True


def _mark(file: Path) -> None:
    _version, content = file.read_text(encoding="utf-8").splitlines()
    json.loads(content)


def drop_orphans(checkpoint: Path) -> None:
    """Delete checksums whose file is gone: Spark takes one for another query that writes the same file."""
    for checksum in checkpoint.glob("*/.*.crc"):
        if not checksum.with_name(checksum.name[1:].removesuffix(".crc")).exists():
            checksum.unlink()


def newest_planned(checkpoint: Path) -> int | None:
    """Number of the newest batch that was planned, done or not."""
    return _newest(checkpoint / "offsets")


def planned_streams(checkpoint: Path) -> set[str]:
    """Names of the streams that the newest planned batch reads; empty before the first."""
    batch = newest_planned(checkpoint)
    return set(_streams(checkpoint / "offsets" / str(batch))) if batch is not None else set()


def _newest(folder: Path) -> int | None:
    return max(_numbers(folder), default=None)


def _numbers(folder: Path) -> list[int]:
    return [int(file.name) for file in folder.glob("*") if file.name.isdigit()]


def _streams(file: Path) -> dict[str, dict[str, ShardPosition]]:
    _version, _metadata, source, *_ = file.read_text(encoding="utf-8").splitlines()
    streams: dict[str, Any] = json.loads(source)["streams"]
    return {
        name: {shard: _position(fields) for shard, fields in stream["shards"].items()}
        for name, stream in streams.items()
    }


def _position(fields: dict[str, Any]) -> ShardPosition:
    after = fields["after"]
    return ShardPosition(None if after is None else int(after), fields["closed"], fields["at"])
