"""However many users post: the open files together stay below a limit, and a check costs the same."""

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from services.s3_sink import bucket_restore, sink
from services.s3_sink.bucket_restore import BucketRestore
from services.s3_sink.flush import FlushPolicy, ObjectFile, Partition, PartitionBuffer
from services.s3_sink.manifest import Manifest
from services.s3_sink.sink import Sink
from services.settings import Settings

POLICY = FlushPolicy(records=10**6, size=10**6, seconds=10**6)


@dataclass
class _Writer:
    """Writes nothing, and tells which files came."""

    files: list[ObjectFile] = field(default_factory=list)

    def write(self, file: ObjectFile) -> int:
        self.files.append(file)
        return file.end


def _buffer(number: int, size: int, *, planned: bool = False) -> PartitionBuffer:
    buffer = PartitionBuffer(Partition(f"{number:012x}.pin", 0), 0, POLICY)
    buffer.append(0, b"x" * size, 0.0)
    if planned:
        buffer.planned = 5
    return buffer


def test_the_largest_open_files_are_written_when_all_together_are_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But none whose records an earlier run has planned: those stay together."""
    monkeypatch.setattr(sink, "BUFFERED_BYTES", 100)
    secret = SecretStr("test")
    settings = Settings(aws_access_key_id=secret, aws_secret_access_key=secret)
    tested, writer = Sink(settings, threading.Event()), _Writer()
    tested._writer = writer  # type: ignore[assignment]
    buffers = [_buffer(1, 90, planned=True), _buffer(2, 60), _buffer(3, 5), _buffer(4, 40)]
    tested._buffers = {buffer.partition: buffer for buffer in buffers}
    tested._bound_memory()
    assert [file.partition.topic[:12] for file in writer.files] == [f"{2:012x}", f"{4:012x}"]
    assert sum(buffer.size for buffer in buffers) == 95


class _Log:
    """A manifest of one object a user."""

    def load(self, user_id: str) -> list[tuple[str, bytes]]:
        return [(f"{user_id}.pin+0+0", b'{"records":1}')]

    def append(self, user_id: str, key: str, value: bytes) -> None:
        raise AssertionError(user_id, key, value)


def test_a_quick_check_looks_at_some_partitions_and_in_the_end_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each in its turn."""
    monkeypatch.setattr(bucket_restore, "CHECKED_AT_ONCE", 4)
    manifest, asked = Manifest(_Log()), []
    for number in range(10):
        manifest.load(f"{number:012x}")

    class Buckets:
        """Has everything."""

        def exists(self, key: str) -> bool:
            asked.append(key)
            return True

    nothing: Any = None
    buckets: Any = Buckets()
    restore = BucketRestore(manifest, buckets, nothing, nothing)
    for _ in range(3):
        assert restore.has_newest_objects()
    assert len(asked) == 12
    assert len(set(asked)) == 10
