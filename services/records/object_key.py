"""The key of an S3 object, as Confluent's S3 sink lays it out.

`topics/<topic>/partition=<p>/<topic>+<p>+<offset of the first record, 10 digits>.json`
(kafka-connect-storage-cloud, TopicPartitionWriter and DefaultPartitioner).
"""

import re
from dataclasses import dataclass

_KEY = re.compile(
    r"topics/(?P<topic>[^/]+)/partition=(?P<partition>\d+)/(?P=topic)\+(?P=partition)\+(?P<offset>\d{10,})\.json"
)


@dataclass(frozen=True, order=True)
class ObjectKey:
    """Where one sink object begins in Kafka's log; `str()` gives the S3 key."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        prefix = partition_prefix(self.topic, self.partition)
        return f"{prefix}{self.topic}+{self.partition}+{self.offset:010d}.json"

    @classmethod
    def parse(cls, key: str) -> "ObjectKey":
        """Read an S3 key.

        Raises:
            ValueError: the key is not one of the sink's.
        """
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(f"{key!r} is not a key of the S3 sink")
        return cls(match["topic"], int(match["partition"]), int(match["offset"]))


def partition_prefix(topic: str, partition: int) -> str:
    """Prefix that all objects of one topic partition share."""
    return f"topics/{topic}/partition={partition}/"
