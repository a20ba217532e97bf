"""The journal: what became of each record, one JSON object a line.

Posting and reroute write it, the ledger reads it: `for path in journals(settings.journal_dir / Layer.SPEED)`,
`for line in read_journal(path, Layer.SPEED)`. A file belongs to one worker of one run and one layer
and is never opened for writing again, so that only its end can be torn: by a kill its last line, by a loss
of power what was written in the last second or so. Its writer holds the file's lock: whoever wants to take
a journal away must have that (`services.files.lock_open`).
"""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Literal, Self, overload

import msgspec

from services.files import lock_open, make_folder, sync_data, sync_folder
from services.records.journal_line import (
    BatchLine,
    JournalLine,
    SpeedLine,
)
from services.records.layer import Layer

_decoders: dict[Layer, msgspec.json.Decoder[JournalLine]] = {
    Layer.BATCH: msgspec.json.Decoder(BatchLine),
    Layer.SPEED: msgspec.json.Decoder(SpeedLine),
}
SYNC_SECONDS = 1.0
"""Between two syncs of a journal that is written to."""

_encoder = msgspec.json.Encoder()


class JournalError(Exception):
    """A journal cannot be written or read; the message says why and what to do."""


def new_run(now: datetime | None = None) -> str:
    """Name of a run: when it began (UTC), and something that no other run has."""
    return f"{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def journal_path(folder: Path, run: str, worker: int) -> Path:
    """The file of one worker of a run."""
    return folder / f"{run}-{worker}.jsonl"


class JournalWriter:
    """Writes one new file; may be used by several threads.

    Raises:
        JournalError: the file cannot be made, or it exists.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        """Bytes written so far, all of them whole lines."""
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        try:
            make_folder(path.parent)
            self._file = _locked(path)
            sync_folder(path.parent)
        except OSError as error:
            raise JournalError(f"Cannot make the journal {path}: {error.strerror}.") from error

    def write(self, lines: Sequence[JournalLine]) -> None:
        """Append lines and hand them to the operating system.

        A kill -9 does not lose them, a loss of power those of the last second or so.

        Raises:
            JournalError: the disk does not take them; whoever sends must stop.
        """
        data = b"".join(_encoder.encode(line) + b"\n" for line in lines)
        with self._lock:
            try:
                self._file.write(data)
                self._file.flush()
                if time.monotonic() - self._synced >= SYNC_SECONDS:
                    self._sync()
            except OSError as error:
                raise JournalError(
                    f"Cannot write the journal {self.path}: {error.strerror}. "
                    "Nothing more is sent, since it could not be accounted for."
                ) from error
            self.position += len(data)

    def _sync(self) -> None:
        sync_data(self._file.fileno())
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError), self._file:
            self._sync()


def _locked(path: Path) -> IO[bytes]:
    """A new file with its lock; made once more when it was taken away before the lock was there.

    Raises:
        OSError: it cannot be made, or it exists.
    """
    while True:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        lock_open(file)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()


@overload
def read_journal(
    path: Path, layer: Literal[Layer.BATCH], start: int = 0
) -> Iterator[BatchLine]: ...


@overload
def read_journal(
    path: Path, layer: Literal[Layer.SPEED], start: int = 0
) -> Iterator[SpeedLine]: ...


@overload
def read_journal(path: Path, layer: Layer, start: int = 0) -> Iterator[JournalLine]: ...


def read_journal(path: Path, layer: Layer, start: int = 0) -> Iterator[JournalLine]:
    """The lines of a layer's journal, from byte `start`.

    A torn last line (no newline) is left out, and a line in which a loss of power has left zeros.

    Raises:
        JournalError: a line is not one of that layer's.
    """
    decoder = _decoders[layer]
    with path.open("rb") as file:
        file.seek(start)
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            if b"\0" in line:
                continue
            yield _decode(decoder, line, f"{path}, line {number},")


def _decode(decoder: msgspec.json.Decoder[JournalLine], line: bytes, where: str) -> JournalLine:
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise JournalError(
            f"{where} is not a line of such a journal ({error}). "
            "Move the file away, and the ledger can no longer vouch for its records."
        ) from error


def journals(folder: Path) -> list[Path]:
    """All journals of one layer, `<state>/journals/<layer>`, the oldest run first."""
    return sorted(folder.glob("*.jsonl"))
