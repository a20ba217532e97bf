"""The journal: what became of each record, one JSON object a line.

Posting writes it, the ledger reads it; docs/architecture.md fixes its shape. A file belongs to one
worker of one run and is never opened for writing again, so that only its last line can be torn.
"""

import secrets
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec


class _Line(msgspec.Struct, frozen=True, tag_field="outcome"):
    """What every line tells.

    Attributes:
        table: Short name of the record's table.
        ind: Key of the row.
        topic: Where the record was sent.
    """

    table: str
    ind: int
    topic: str


class Acked(_Line, frozen=True, tag="acked"):
    """The record is in the log, at this offset."""

    partition: int
    offset: int


class Unknown(_Line, frozen=True, tag="unknown"):
    """A send whose answer never came, or left in doubt whether it was stored: 0 or 1 times.

    Each such send is a line of its own, also when the record was sent again and acked then.
    """


class Rejected(_Line, frozen=True, tag="rejected"):
    """The record was given up and is certainly not in the log, after any of its sends.

    Attributes:
        status: HTTP status; 0 when there was no answer because nothing could be sent.
        message: The cause.
    """

    status: int
    message: str


Line = Acked | Unknown | Rejected

_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb")
        except OSError as error:
            raise JournalError(f"Cannot make the journal {path}: {error.strerror}.") from error

    def write(self, lines: Sequence[Line]) -> None:
        """Append lines and hand them to the operating system: a kill -9 does not lose them.

        Raises:
            JournalError: the disk does not take them; whoever sends must stop.
        """
        data = b"".join(_encoder.encode(line) + b"\n" for line in lines)
        with self._lock:
            try:
                self._file.write(data)
                self._file.flush()
            except OSError as error:
                raise JournalError(
                    f"Cannot write the journal {self.path}: {error.strerror}. "
                    "Nothing more is sent, since it could not be accounted for."
                ) from error
            self.position += len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def read_journal(path: Path, start: int = 0) -> Iterator[Line]:
    """The lines of a journal, from byte `start`; a torn last line (no newline) is left out.

    Raises:
        JournalError: a line is not a journal's.
    """
    with path.open("rb") as file:
        file.seek(start)
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            yield _decode(line, path, number)


def _decode(line: bytes, path: Path, number: int) -> Line:
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise JournalError(
            f"{path}, line {number}, is not a line of a journal ({error}). "
            "Move the file away, and the ledger can no longer vouch for its records."
        ) from error


def journals(folder: Path) -> list[Path]:
    """All journals of a stack, the oldest run first."""
    return sorted(folder.glob("*.jsonl"))
