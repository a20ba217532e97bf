"""The manifest: where each object begins, and how many records it has.

A topic a user in Kafka, because Kafka is what survives the bucket: compacted, one partition, key
`<topic>+<partition>+<first offset>`, value `{"records":n}`.
"""

from typing import Protocol

import msgspec

from services.s3_sink.flush import Partition

_KEY_PARTS = 3


class _Entry(msgspec.Struct):
    records: int


_decoder = msgspec.json.Decoder(_Entry)


class ManifestLog(Protocol):
    """Keeps the entries; `ManifestTopics` does so in Kafka."""

    def load(self, user_id: str) -> list[tuple[str, bytes]]:
        """All entries of a user, in the order in which they were written."""
        ...

    def append(self, user_id: str, key: str, value: bytes) -> None:
        """Add an entry; returns when it is stored."""
        ...


class Manifest:
    """The entries in memory; a later one for the same offset corrects the earlier. A user has none until `load`."""

    def __init__(self, log: ManifestLog) -> None:
        self._log = log
        self._objects: dict[Partition, dict[int, int]] = {}
        self._users: dict[str, None] = {}

    def load(self, user_id: str) -> bool:
        """Read all entries of a user from the log, unless they are here; returns whether they were not."""
        if user_id in self._users:
            return False
        for key, value in self._log.load(user_id):
            partition, first = _parse(key)
            self._objects.setdefault(partition, {})[first] = _decoder.decode(value).records
        self._users[user_id] = None
        return True

    def users(self) -> list[str]:
        """Users whose entries are here."""
        return list(self._users)

    def record_count(self, partition: Partition, first: int) -> int | None:
        """Records of the object that begins at an offset; None when there is no entry."""
        return self._objects.get(partition, {}).get(first)

    def add(self, partition: Partition, first: int, records: int) -> None:
        """Write an entry; one that exists already costs nothing."""
        if self.record_count(partition, first) == records:
            return
        key = f"{partition.topic}+{partition.number}+{first}"
        self._log.append(partition.user_id, key, msgspec.json.encode(_Entry(records)))
        self._objects.setdefault(partition, {})[first] = records

    def partitions(self) -> list[Partition]:
        """Partitions that have objects."""
        return sorted(self._objects)

    def objects(self, partition: Partition) -> list[tuple[int, int]]:
        """First offset and end (at most) of each object, in order.

        An object ends where the next one begins, even if its entry says otherwise: a second sink
        may have overwritten the count with its own before it found the existing object.
        """
        counts = sorted(self._objects.get(partition, {}).items())
        ends = [first for first, _ in counts[1:]] + [first + n for first, n in counts[-1:]]
        return [(first, end) for (first, _), end in zip(counts, ends, strict=True)]


def _parse(key: str) -> tuple[Partition, int]:
    topic, number, first = key.rsplit("+", _KEY_PARTS - 1)
    return Partition(topic, int(number)), int(first)
