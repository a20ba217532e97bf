"""One shard of a stream: its description, its records on disk, its sequence numbers."""

from services.kinesis.sequence_numbers import SequenceNumbers
from services.kinesis.storage.description import ShardDescription
from services.kinesis.storage.shard_log import ShardLog


class StreamShard:
    def __init__(self, description: ShardDescription, created_ms: int, log: ShardLog) -> None:
        """Take a shard of a stream that was created at `created_ms` (epoch ms)."""
        self.description = description
        self.log = log
        self.numbers = SequenceNumbers(created_ms, description.number)

    @property
    def end(self) -> int | None:
        """The counter after the last record of a closed shard; None while it is open."""
        return self.description.ending
