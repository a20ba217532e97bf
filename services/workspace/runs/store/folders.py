"""Folders of numbered things."""

from pathlib import Path


def numbered(folder: Path) -> list[int]:
    """The numbers in a folder's names (`12/`, `12.json`), ascending."""
    return sorted(int(entry.stem) for entry in folder.iterdir() if entry.stem.isdecimal())
