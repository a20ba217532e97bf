"""How far a Delta table has come, as its own commits say.

Each commit of bronze, silver and quarantine carries `{"offsets": {"<partition>": n}, …}` in
Delta's userMetadata, so rows and progress land together and nothing has to be kept in step.

Read by delta-rs, in milliseconds: Spark's DESCRIBE HISTORY took 0.15 to 0.25 s of CPU each time, twelve
times a batch. As for the answers, the client must see the lake's folder.
"""

import json
import time
from dataclasses import dataclass, field, replace
from typing import Any

from deltalake import DeltaTable

from spark_jobs.lake import DeltaPath

RECENT = 5
"""Commits looked at first; more only when maintenance (OPTIMIZE, …) made the newest ones."""

Offsets = dict[int, int]
"""Partition → highest offset that has been taken."""


class ForeignTableError(Exception):
    """The table at this place is fed from another topic."""


@dataclass(frozen=True)
class Progress:
    """What a commit says of itself.

    Attributes:
        topic: Kafka topic that feeds the table.
        offsets: Highest offset per partition that the table has taken.
        number: Running number of our commits, Delta's txnVersion: a commit made twice counts once.
        objects: First offset of the last object per partition (bronze only).
        version: Delta version of the commit; -1 before the first.
        rows: Delta version that last changed a row, when this commit did not; else None.
    """

    topic: str
    offsets: Offsets = field(default_factory=dict)
    number: int = 0
    objects: Offsets = field(default_factory=dict)
    version: int = -1
    rows: int | None = None

    @property
    def rows_version(self) -> int:
        """Delta version that last changed a row: the same number, the same rows."""
        return self.version if self.rows is None else self.rows

    def to_json(self) -> str:
        """The commit's userMetadata."""
        fields: dict[str, Any] = {
            "topic": self.topic,
            "offsets": self.offsets,
            "number": self.number,
        }
        fields |= {"objects": self.objects} if self.objects else {}
        return json.dumps(fields | ({"rows": self.rows} if self.rows is not None else {}))

    def behind(self, other: "Progress") -> bool:
        """Whether `other` has taken offsets that this has not."""
        return any(self.offsets.get(p, -1) < offset for p, offset in other.offsets.items())


def from_json(text: str | None, version: int) -> Progress | None:
    """Read a commit's userMetadata; None when it is not ours."""
    try:
        fields = json.loads(text or "null")
        return Progress(
            topic=fields["topic"],
            offsets=_by_partition(fields["offsets"]),
            number=fields["number"],
            objects=_by_partition(fields.get("objects", {})),
            version=version,
            rows=fields.get("rows"),
        )
    except (ValueError, TypeError, KeyError):
        return None


def read(path: DeltaPath, topic: str) -> Progress:
    """Progress of the table at `path`; offsets are empty when there is no table.

    Raises:
        ForeignTableError: the table holds another topic's records.
    """
    if not (commits := history(path, RECENT)):
        return Progress(topic)
    found = _newest(commits) or _newest(history(path))
    found = found or replace(_scan(path, topic), version=commits[0][0])
    if found.topic != topic:
        raise ForeignTableError(
            f"{path} holds records of topic {found.topic}, not of {topic}. "
            "Set LAKE_DIR to another folder, or run `make clean` to start anew."
        )
    return found


def history(path: DeltaPath, limit: int | None = None) -> list[tuple[int, str | None]]:
    """Version and userMetadata of the newest commits, newest first; empty without a table."""
    if not DeltaTable.is_deltatable(str(path)):
        return []
    commits = DeltaTable(str(path)).history(limit)
    return [(commit["version"], commit.get("userMetadata")) for commit in commits]


def _newest(commits: list[tuple[int, str | None]]) -> Progress | None:
    found = (from_json(text, version) for version, text in commits)
    return next((progress for progress in found if progress), None)


def _scan(path: DeltaPath, topic: str) -> Progress:
    """Progress of a table whose own commits have been vacuumed away: its highest offsets.

    The number is the time in seconds, above any that we can have used.
    """
    rows = DeltaTable(str(path)).to_pyarrow_dataset()
    if "offset" not in rows.schema.names:
        return Progress(topic)
    found = rows.to_table(["partition", "offset"]).group_by("partition")
    highest = found.aggregate([("offset", "max")]).to_pylist()
    offsets = {row["partition"]: row["offset_max"] for row in highest}
    return Progress(topic, offsets, number=int(time.time()))


def _by_partition(fields: dict[str, int]) -> Offsets:
    return {int(partition): int(offset) for partition, offset in fields.items()}
