"""`stream.json`: a stream's shards, retention period, mode and tags; replaced in one step."""

from pathlib import Path

import msgspec

from services.files import replace
from services.kinesis.hash_keys import HashRange, even_ranges
from services.kinesis.storage.damaged_file import DamagedFileError
from services.records.kinesis_api import MIN_RETENTION_HOURS

FILE = "stream.json"


class ShardDescription(msgspec.Struct, frozen=True):
    """One shard.

    Attributes:
        number: From 0, never used twice in a stream.
        start: First hash key, in decimals (JSON numbers end at 64 bits).
        end: Last hash key.
        opened_ms: Epoch ms.
        parents: The shard it was split from, or the two it was merged from.
        closed_ms: Epoch ms; None while it is open.
        ending: The counter after its last record; None while it is open.
    """

    number: int
    start: str
    end: str
    opened_ms: int
    parents: tuple[int, ...] = ()
    closed_ms: int | None = None
    ending: int | None = None

    @property
    def shard_id(self) -> str:
        """The identifier that clients use."""
        return shard_id(self.number)

    @property
    def range(self) -> HashRange:
        """The hash keys that are its own."""
        return HashRange(int(self.start), int(self.end))

    @property
    def is_open(self) -> bool:
        return self.closed_ms is None


class StreamDescription(msgspec.Struct, frozen=True):
    """One stream with all its shards that have not expired."""

    name: str
    created_ms: int
    next_shard: int
    shards: tuple[ShardDescription, ...]
    retention_hours: int = MIN_RETENTION_HOURS
    mode: str = "PROVISIONED"
    tags: dict[str, str] = {}

    @property
    def retention_ms(self) -> int:
        return self.retention_hours * 3_600_000

    @property
    def open_shards(self) -> list[ShardDescription]:
        """The shards that records are written to, in the order of their hash keys."""
        return sorted((s for s in self.shards if s.is_open), key=lambda shard: shard.range.start)


def shard_id(number: int) -> str:
    """`shardId-000000000003` for 3."""
    return f"shardId-{number:012d}"


def new_shard(number: int, keys: HashRange, opened_ms: int, *parents: int) -> ShardDescription:
    return ShardDescription(number, str(keys.start), str(keys.end), opened_ms, parents)


def new_stream(name: str, created_ms: int, shards: int) -> StreamDescription:
    """A stream with so many shards of equal width."""
    ranges = enumerate(even_ranges(shards))
    return StreamDescription(
        name, created_ms, shards, tuple(new_shard(n, keys, created_ms) for n, keys in ranges)
    )


def save(folder: Path, description: StreamDescription) -> None:
    """Write it to its stream's folder, in one step.

    Raises:
        OSError: the disk is full, or fails; the stream is as it was.
    """
    replace(folder / FILE, msgspec.json.encode(description))


def load(folder: Path) -> StreamDescription:
    """Read it from its stream's folder.

    Raises:
        DamagedFileError: the file is missing, or damaged.
    """
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=StreamDescription)
    except (OSError, msgspec.DecodeError) as error:
        raise DamagedFileError(path, str(error)) from error
