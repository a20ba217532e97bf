"""An object on the disk before its writer is answered: file and folders are flushed (fsync)."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.aws_gate.object_path import file_of


def sync(bucket: Path, key: str, query: Mapping[str, str]) -> None:
    """Flush what a write of this key has made: the object, or one part of an upload."""
    for file in _written(bucket, key, query):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            _fsync(file)
            for folder in file.parents:
                _fsync(folder)
                if folder == bucket:
                    break


def _written(bucket: Path, key: str, query: Mapping[str, str]) -> Iterator[Path]:
    """An object's file; for a part, its own and those that say which upload it belongs to."""
    upload = query.get("uploadId", "")
    if "partNumber" in query:
        yield bucket / f".mpus-{upload}-{key}-{query['partNumber']}"
        yield bucket / f".mpus-{upload}-{key}-stub"
        yield bucket / f".s3proxy-mpu-stub-{upload}"
    elif "uploads" not in query:
        yield file_of(bucket, key)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
