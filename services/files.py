"""Small files that are whole or not there at all, and that only their owner can read."""

import os
import threading
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Replace a file's content at once (mode 600); it is on the disk when this returns, and its folder is made.

    What is no text in UTF-8, such as half of a surrogate pair in a notebook's output, becomes a question mark.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    scratch.replace(file)
