"""A Spark offset: how far each shard of each stream has been read.

As JSON: `{"streams": {"<stream>": {"created": <epoch ms>, "shards": {"<shard>":
{"after": "<sequence number>" | null, "at": <epoch ms> | null, "closed": bool}}}}}`. Spark compares offsets as text, so
the order of streams and shards never changes without need; parents stand before their children.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

NOT_BEGUN: dict[str, Any] = {"streams": {}}
"""A new query's offset. Its first batch is empty and ends at positions, which Spark then writes down."""


@dataclass(frozen=True)
class Position:
    """How far one shard has been read.

    Attributes:
        after: Everything up to and including this sequence number has been read.
        at: With `after`, when that record arrived (epoch ms). Without it nothing has been read yet, and
            reading begins with the first record of this time.
        closed: The shard has been read to its end. With none of the three, reading begins at the horizon.
    """

    after: str | None = None
    at: int | None = None
    closed: bool = False

    def later(self) -> "Position | None":
        """The place behind this one by time, for a log that has lost the record; None where no time is known."""
        if self.after is None or self.at is None:
            return None
        return Position(at=self.at + 1)


@dataclass(frozen=True)
class StreamOffset:
    """How far one stream has been read; `created` (epoch ms) tells it from another stream of its name."""

    created: int
    shards: Mapping[str, Position]


Offset = Mapping[str, StreamOffset]


def load(offset: Mapping[str, Any]) -> Offset:
    """Read the JSON object."""
    return {
        name: StreamOffset(
            stream["created"],
            {shard: Position(**position) for shard, position in stream["shards"].items()},
        )
        for name, stream in offset["streams"].items()
    }


def dump(offset: Offset) -> dict[str, Any]:
    """Write the JSON object."""
    return {
        "streams": {
            name: {
                "created": stream.created,
                "shards": {shard: asdict(position) for shard, position in stream.shards.items()},
            }
            for name, stream in offset.items()
        }
    }
