"""Two batches on the same table at once are refused."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from services.files import lock, private_folder


class HeldError(Exception):
    """Another process works on this."""


@contextmanager
def held(folder: Path, names: Sequence[str]) -> Iterator[None]:
    """Hold `batch.<name>.lock` for each name; the kernel lets go when the process dies.

    Raises:
        HeldError: another process holds one of them; the message says which and who.
    """
    private_folder(folder)
    with ExitStack() as stack:
        for name in sorted(names):
            stack.enter_context(_lock(folder / f"batch.{name}.lock", name))
        yield


@contextmanager
def _lock(path: Path, name: str) -> Iterator[None]:
    try:
        file = lock(path, wait=False)
    except BlockingIOError as error:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise HeldError(
            f"A batch already works on {name}: {holder}. Wait until it ends, then run again."
        ) from error
    with file:
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {datetime.now(UTC):%H:%M:%S} UTC".encode())
        file.flush()
        yield
