"""Files of an attempt: replaced in one step, for the owner's eyes only."""

import os
from pathlib import Path


def replace(file: Path, text: str) -> None:
    """Write a file that a reader finds whole, old or new; the folder's owner alone can read it."""
    scratch = file.with_name(f".{file.name}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as handle:
        handle.write(text)
    scratch.replace(file)
