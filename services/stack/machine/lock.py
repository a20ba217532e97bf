"""One command at a time for each stack."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from services.files import lock, private_folder
from services.stack.report import Report

_held: set[Path] = set()
"""State folders whose lock this process holds."""


@contextlib.contextmanager
def one_command(state: Path, report: Report) -> Iterator[None]:
    """Hold the stack's lock; it goes with its holder, however that ends.

    A command that holds it already goes on: what it is made of locks for itself. A `clean` that held it may have
    deleted the file; then the new file is the lock.
    """
    if state in _held:
        yield
        return
    file = state / "stack.lock"
    while True:
        private_folder(state)
        with _locked(file, report) as handle:
            if file.exists() and os.path.samestat(file.stat(), os.fstat(handle.fileno())):
                _write_holder(handle)
                _held.add(state)
                try:
                    yield
                finally:
                    _held.remove(state)
                return


def _locked(file: Path, report: Report) -> IO[bytes]:
    try:
        return lock(file, wait=False)
    except BlockingIOError:
        report.say(
            f"Waiting for another `make` that starts or stops this stack ({_holder(file)}) …",
            "yellow",
        )
        return lock(file)


def _write_holder(handle: IO[bytes]) -> None:
    """Leave word of this command, for those that wait."""
    handle.truncate(0)
    handle.write(f"{' '.join(sys.argv[1:2])}, process {os.getpid()}".encode())
    handle.flush()


def _holder(file: Path) -> str:
    with contextlib.suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace") or "it has just begun"
    return "it has just ended"
