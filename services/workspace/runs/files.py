"""Files that are whole or not there at all, and that only their owner can read."""

import os
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Replace a file's content at once; it is on the disk when this returns."""
    scratch = file.with_name(f".{file.name}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    scratch.replace(file)


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def numbered(folder: Path) -> list[int]:
    """The numbers in a folder's names (`12/`, `12.json`), ascending."""
    return sorted(int(entry.stem) for entry in folder.iterdir() if entry.stem.isdecimal())
