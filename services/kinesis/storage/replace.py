"""Small files that are replaced in one step: a reader finds the old content or the new, never half."""

from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Write a file for the owner's eyes only.

    Raises:
        OSError: the disk is full, or fails; the old content is still there.
    """
    scratch = path.with_name(f"{path.name}.new")
    scratch.touch(mode=0o600)
    scratch.write_bytes(content)
    scratch.replace(path)
