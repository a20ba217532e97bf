"""One command at a time for each stack."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from services.files import lock
from services.stack.report import Report


@contextlib.contextmanager
def one_command(state: Path, report: Report) -> Iterator[None]:
    """Hold the stack's lock; it goes with its holder, however that ends.

    A `clean` that held it may have deleted the file; then the new file is the lock.
    """
    file = state / "stack.lock"
    while True:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = lock(file, wait=False)
        except BlockingIOError:
            report.say("Waiting for another `make` that starts or stops this stack …", "yellow")
            handle = lock(file)
        with handle:
            if file.exists() and os.path.samestat(file.stat(), os.fstat(handle.fileno())):
                yield
                return
