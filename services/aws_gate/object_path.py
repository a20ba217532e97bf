"""From an object's key to its file: which keys a file system can hold, and what stands in a key's way."""

import os
from pathlib import Path

SEGMENT_BYTES = 218
"""A file's name has 255 at most, and s3proxy adds `-<uuid>` while it writes."""

KEY_BYTES = 1024
"""S3's own limit."""

RESERVED = (".mpus-", ".s3proxy-")
"""How s3proxy's own files in a bucket's folder begin."""


class UnstorableKeyError(Exception):
    """A key cannot be stored.

    Attributes:
        code: One of S3's error codes.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def require_storable(key: str) -> None:
    """Refuse what would become another key's file, or none.

    Raises:
        UnstorableKeyError: it is no path of plain names.
    """
    segments = key.removesuffix("/").split("/")
    if any(segment in {"", ".", ".."} for segment in segments):
        raise UnstorableKeyError(
            "InvalidArgument",
            "Objects are files here: a key's parts between slashes cannot be empty, '.' or '..'.",
        )
    if any(segment.startswith(RESERVED) for segment in segments):
        raise UnstorableKeyError(
            "InvalidArgument", f"No part of a key can begin with {' or '.join(RESERVED)} here."
        )
    if "\0" in key:
        raise UnstorableKeyError("InvalidArgument", "A key cannot hold a NUL here.")
    encoded = key.encode("utf-8", "surrogateescape")
    if len(encoded) > KEY_BYTES or max(len(part) for part in encoded.split(b"/")) > SEGMENT_BYTES:
        raise UnstorableKeyError(
            "KeyTooLongError",
            f"A key has {KEY_BYTES} bytes at most, and {SEGMENT_BYTES} between two slashes: objects are files here.",
        )


def require_no_file_below(bucket: Path, key: str) -> None:
    """Refuse a folder's key where there is an object: s3proxy would spoil what it notes beside that.

    Raises:
        UnstorableKeyError: there is one.
    """
    if key.endswith("/") and file_of(bucket, key).is_file():
        raise UnstorableKeyError("InvalidArgument", obstacle(bucket, key) or "")


def file_of(bucket: Path, key: str) -> Path:
    """Where an object is, or would be."""
    return bucket / key.removesuffix("/")


def obstacle(bucket: Path, key: str) -> str | None:
    """Why a key cannot be stored beside those that are there, as a sentence; None when it can."""
    file = file_of(bucket, key)
    for parent in file.relative_to(bucket).parents:
        if parent != Path() and (bucket / parent).is_file():
            return f"There is an object {os.fspath(parent)!r}: a file here, which can hold no others below it."
    if not key.endswith("/") and file.is_dir():
        return f"There are objects below {key + '/'!r}: it is a folder here, and no object of that name can be made."
    if key.endswith("/") and file.is_file():
        return f"There is an object {key.removesuffix('/')!r}: a file here, and no folder."
    return None
