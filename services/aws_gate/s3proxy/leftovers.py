"""Files that an interrupted write left behind: an object grows in `<key>-<uuid>` before it gets its name."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from services.aws_gate.listing import xattr
from services.aws_gate.object_path import file_of

_UUID4 = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CLOCK_STEP = 0.1
"""Seconds by which the file system's clock can be behind."""

_TAIL = len("-00000000-0000-4000-8000-000000000000")


def sweep(objects: Path) -> int:
    """Delete what no writer will finish; returns how many files that were. Nobody may write meanwhile.

    An object's own name may end like that too. It has an ETag noted beside it and a growing file has none; and a
    file that has got its name by a second link, but not yet lost its first, has the same content under both.
    Where attributes cannot be read (see `listing.xattr`) all files stay.
    """
    return _delete(file for file in _candidates(objects) if _is_leftover(file))


def sweep_interrupted(objects: Path, writes: Mapping[tuple[str, str], float]) -> int:
    """Delete what the server's end has left of writes, whatever is noted beside it: nobody has got an answer.

    A write is a bucket and a key, with the moment when it began.
    """
    return _delete(
        file
        for (bucket, key), begun in writes.items()
        for file in _candidates(file_of(objects / bucket, key).parent, deep=False)
        if file.name[:-_TAIL] == file_of(objects / bucket, key).name
        and file.stat().st_ctime >= begun - _CLOCK_STEP
    )


def _candidates(folder: Path, *, deep: bool = True) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in files:
            if _UUID4.fullmatch(name[-_TAIL:]) and len(name) > _TAIL:
                yield Path(place, name)
        if not deep:
            folders.clear()


def _is_leftover(file: Path) -> bool:
    if not xattr.SUPPORTED:
        return False
    with contextlib.suppress(FileNotFoundError):
        return xattr.etag(os.fspath(file)) is None or _has_its_name(file)
    return False


def _has_its_name(file: Path) -> bool:
    named = file.with_name(file.name[:-_TAIL])
    return named.exists() and named.samefile(file)


def _delete(files: Iterable[Path]) -> int:
    found = list(files)
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)
