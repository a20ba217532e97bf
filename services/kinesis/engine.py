"""All streams of one data folder."""

import fcntl
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from services.kinesis.storage import description
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.replace import replace
from services.kinesis.storage.shard_log import Rolling
from services.kinesis.stream import GONE, KinesisStream
from services.kinesis.throttle import WriteLimits
from services.kinesis.tokens import Tokens
from services.records.kinesis_api import ACCOUNT, IN_USE, KinesisError, stream_not_found

Clock = Callable[[], int]


def epoch_ms() -> int:
    """Now."""
    return time.time_ns() // 1_000_000


class _Memory(msgspec.Struct):
    """What is remembered of no stream in particular: the tokens' key, the newest stream's time."""

    key: str = msgspec.field(default_factory=lambda: secrets.token_hex(32))
    created_ms: int = 0


@dataclass(frozen=True)
class EngineOptions:
    """How an engine differs from a plain one.

    Attributes:
        region: Part of the streams' ARNs.
        limits: What a shard takes in a second; None is without limits.
        rolling: When a new segment is begun.
        clock: Epoch ms.
    """

    region: str = "us-east-1"
    limits: WriteLimits | None = None
    rolling: Rolling = field(default_factory=Rolling)
    clock: Clock = epoch_ms


class Engine:
    """Opens, makes and deletes streams. Not for two threads at once: its callers share one event loop."""

    def __init__(self, folder: Path, options: EngineOptions | None = None) -> None:
        """Open what is in the folder.

        Raises:
            StorageError: a file was damaged.
            BlockingIOError: another process has the folder open.
        """
        self.options = options or EngineOptions()
        self.now_ms = self.options.clock
        self._folder = folder / "streams"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._memory_path = folder / "engine.json"
        self._memory = self._remembered()
        self.tokens = Tokens(bytes.fromhex(self._memory.key))
        self._streams = {path.name: self._open(path) for path in self._found()}

    def _remembered(self) -> _Memory:
        if not self._memory_path.exists():
            replace(self._memory_path, msgspec.json.encode(_Memory()))
        try:
            return msgspec.json.decode(self._memory_path.read_bytes(), type=_Memory)
        except msgspec.DecodeError as error:
            raise DamagedFileError(self._memory_path, str(error)) from error

    def _found(self) -> list[Path]:
        """The folders of streams; what a kill left of a stream half made or half deleted is removed."""
        found = []
        for path in sorted(self._folder.iterdir()):
            if GONE in path.name or not _was_made(path):
                shutil.rmtree(path)
            else:
                found.append(path)
        return found

    def _open(self, path: Path) -> KinesisStream:
        return KinesisStream(
            path, description.load(path), self.options.rolling, self.options.limits
        )

    @property
    def names(self) -> list[str]:
        """The streams' names, sorted."""
        return sorted(self._streams)

    def stream(self, name: str) -> KinesisStream:
        """The stream with that name.

        Raises:
            KinesisError: ResourceNotFoundException.
        """
        if name not in self._streams:
            raise stream_not_found(name)
        return self._streams[name]

    def arn(self, name: str) -> str:
        """The stream's Amazon Resource Name."""
        return f"arn:aws:kinesis:{self.options.region}:{ACCOUNT}:stream/{name}"

    def create(self, name: str, shards: int, mode: str, tags: dict[str, str]) -> None:
        """Make a stream; it takes records at once (AWS: after some seconds as CREATING).

        Raises:
            KinesisError: ResourceInUseException, it is there already.
            OSError: the disk is full, or fails.
        """
        if name in self._streams:
            text = f"Stream {name} under account {ACCOUNT} already exists."
            raise KinesisError(IN_USE, text)
        described = description.new_stream(name, self._unique_ms(), shards)
        path = self._folder / name
        path.mkdir(exist_ok=True)
        description.save(path, msgspec.structs.replace(described, mode=mode, tags=tags))
        self._streams[name] = self._open(path)

    def _unique_ms(self) -> int:
        """Now, or later: no two streams have the same time of creation, ever, so that numbers differ."""
        created_ms = max(self.now_ms(), self._memory.created_ms + 1)
        memory = _Memory(self._memory.key, created_ms)
        replace(self._memory_path, msgspec.json.encode(memory))
        self._memory = memory
        return created_ms

    def delete(self, name: str) -> None:
        """Delete a stream with its records.

        Raises:
            KinesisError: ResourceNotFoundException.
        """
        self.stream(name).delete()
        del self._streams[name]

    def forget(self) -> None:
        """Give up what is older than its stream's retention."""
        for stream in self._streams.values():
            stream.forget(self.now_ms())

    def close(self) -> None:
        """Let go of the files."""
        for stream in self._streams.values():
            stream.close()
        self._lock.close()


def _was_made(folder: Path) -> bool:
    """Whether a stream's folder has got its description, or shards that would be lost without it."""
    return (folder / description.FILE).exists() or any(path.is_dir() for path in folder.iterdir())
