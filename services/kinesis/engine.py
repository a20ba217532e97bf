"""All streams of one data folder: opened, created, deleted, trimmed; one process at a time."""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from services.files import lock, make_folder, replace
from services.kinesis.storage import description
from services.kinesis.storage.shard_log import Rolling
from services.kinesis.storage.stream_folders import stream_folders
from services.kinesis.stream import KinesisStream
from services.kinesis.tokens import Tokens
from services.records.kinesis_api import ACCOUNT, IN_USE, KinesisError, stream_not_found

log = logging.getLogger(__name__)

Clock = Callable[[], int]


def epoch_ms() -> int:
    return time.time_ns() // 1_000_000


class _EngineState(msgspec.Struct):
    """`engine.json`: the key that signs tokens, the time of creation of the newest stream (epoch ms)."""

    key: str = msgspec.field(default_factory=lambda: secrets.token_hex(32))
    created_ms: int = 0


@dataclass(frozen=True)
class EngineOptions:
    """What a caller may set.

    Attributes:
        region: Part of the streams' ARNs.
        rolling: When a new segment is begun.
        clock: Epoch ms.
    """

    region: str = "us-east-1"
    rolling: Rolling = field(default_factory=Rolling)
    clock: Clock = epoch_ms


class Engine:
    """The streams by name. Not for two threads at once: its callers share one event loop."""

    def __init__(self, folder: Path, options: EngineOptions | None = None) -> None:
        """Open the folder; it is made when it is missing.

        Raises:
            DamagedFileError: a file was damaged.
            BlockingIOError: another process has the folder open.
        """
        self.options = options or EngineOptions()
        self.now_ms = self.options.clock
        self._folder = folder / "streams"
        make_folder(self._folder)
        self._lock = lock(folder / "lock", wait=False)
        self._state_path = folder / "engine.json"
        self._streams = {path.name: self._open(path) for path in stream_folders(self._folder)}
        self._state = self._load_state()
        self.tokens = Tokens(bytes.fromhex(self._state.key))

    def _load_state(self) -> _EngineState:
        """The state on the disk; what is lost when it cannot be read are the iterators of the last five minutes."""
        with contextlib.suppress(FileNotFoundError):
            try:
                return msgspec.json.decode(self._state_path.read_bytes(), type=_EngineState)
            except msgspec.DecodeError as error:
                text = (
                    "%s: begun anew, since it cannot be read (%s); shard iterators are invalid now"
                )
                log.warning(text, self._state_path, error)
        newest = (stream.description.created_ms for stream in self._streams.values())
        state = _EngineState(created_ms=max(newest, default=0))
        replace(self._state_path, msgspec.json.encode(state))
        return state

    def _open(self, path: Path) -> KinesisStream:
        return KinesisStream(path, description.load(path), self.options.rolling)

    @property
    def names(self) -> list[str]:
        """Sorted."""
        return sorted(self._streams)

    def stream(self, name: str) -> KinesisStream:
        """Find a stream.

        Raises:
            KinesisError: ResourceNotFoundException.
        """
        if name not in self._streams:
            raise stream_not_found(name)
        return self._streams[name]

    def arn(self, name: str) -> str:
        return f"arn:aws:kinesis:{self.options.region}:{ACCOUNT}:stream/{name}"

    def create(self, name: str, shards: int, mode: str, tags: dict[str, str]) -> None:
        """Create a stream; it takes records at once (AWS: after some seconds as CREATING).

        Raises:
            KinesisError: ResourceInUseException, it exists already.
            OSError: the disk is full, or fails.
        """
        if name in self._streams:
            text = f"Stream {name} under account {ACCOUNT} already exists."
            raise KinesisError(IN_USE, text)
        described = description.new_stream(name, self._unique_ms(), shards)
        path = self._folder / name
        make_folder(path)
        description.save(path, msgspec.structs.replace(described, mode=mode, tags=tags))
        self._streams[name] = self._open(path)

    def _unique_ms(self) -> int:
        """Now, or later: no two streams have the same time of creation, ever, so that numbers differ."""
        created_ms = max(self.now_ms(), self._state.created_ms + 1)
        state = _EngineState(self._state.key, created_ms)
        replace(self._state_path, msgspec.json.encode(state))
        self._state = state
        return created_ms

    def delete(self, name: str) -> None:
        """Delete a stream with its records.

        Raises:
            KinesisError: ResourceNotFoundException.
        """
        self.stream(name).delete()
        del self._streams[name]

    def trim(self) -> None:
        """Delete what is older than its stream's retention period."""
        for stream in self._streams.values():
            stream.trim(self.now_ms())

    def close(self) -> None:
        for stream in self._streams.values():
            stream.close()
        self._lock.close()
