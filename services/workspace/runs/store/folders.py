"""Folders of numbered things, and who may enter them."""

from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner can enter."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def numbered(folder: Path) -> list[int]:
    """The numbers in a folder's names (`12/`, `12.json`), ascending."""
    return sorted(int(entry.stem) for entry in folder.iterdir() if entry.stem.isdecimal())
