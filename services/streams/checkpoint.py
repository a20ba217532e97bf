"""How far a streaming query has come, read from its checkpoint folder without Spark.

The layout is Spark's (Structured Streaming): `metadata` holds the query's id; `offsets/<n>` says what batch n
is made of, written before it runs, and `commits/<n>` that it is done. An offset file is a line `v1`, a line of
metadata, and a line for each source; our one source writes docs/architecture.md's JSON object.
"""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.files import private_folder


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
    private_folder(checkpoint)
    (checkpoint / "metadata").write_text(json.dumps({"id": identifier}), encoding="utf-8")
    return identifier


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
    return max((int(file.name) for file in folder.glob("*") if file.name.isdigit()), default=None)


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
