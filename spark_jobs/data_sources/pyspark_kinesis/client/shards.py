"""The shards of a stream, and which of them may be read: a parent to its end before its children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..offset import Position


@dataclass(frozen=True)
class Shard:
    """One shard as ListShards describes it.

    Attributes:
        shard_id: Its name.
        parents: None, one (it came from a split) or two (from a merge).
        starting: StartingSequenceNumber.
        ending: EndingSequenceNumber of a closed shard; None while it takes records.
    """

    shard_id: str
    parents: tuple[str, ...] = ()
    starting: str = "0"
    ending: str | None = None


def follow(
    positions: Mapping[str, Position], listed: Sequence[Shard]
) -> tuple[dict[str, Position], list[str]]:
    """Bring positions in step with the shards that exist now.

    A shard that appeared is read from its horizon once all of its parents have been read to the end; one that has
    expired (no longer listed) is dropped.

    Returns:
        The new positions, and the shards that expired before they had been read to the end.
    """
    names = {shard.shard_id for shard in listed}
    kept = {name: at for name, at in positions.items() if name in names}
    unread = [name for name, at in positions.items() if name not in names and not at.closed]
    for shard in listed:
        if shard.shard_id not in positions and _parents_read(shard, kept, names):
            kept[shard.shard_id] = Position()
    return kept, unread


def readable(positions: Mapping[str, Position], listed: Sequence[Shard]) -> list[Shard]:
    """The shards to read from now: not at their end, and no parent still to be read."""
    names = {shard.shard_id for shard in listed}
    return [
        shard
        for shard in listed
        if shard.shard_id in positions
        and not positions[shard.shard_id].closed
        and _parents_read(shard, positions, names)
    ]


def _parents_read(shard: Shard, positions: Mapping[str, Position], listed: set[str]) -> bool:
    """A parent that is no longer listed has expired, and keeps nobody waiting."""
    waiting = (parent for parent in shard.parents if parent in listed)
    return all(parent in positions and positions[parent].closed for parent in waiting)
