"""The calls of `os` that take paths, each made to know those below `/dbfs`."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from services.workspace.driver_files.folder_scan import FolderScan, visible
from services.workspace.driver_files.places import (
    ROOT,
    DbfsPlaces,
    Effect,
    Need,
    Place,
    as_written,
    forget_checksum,
)

Call = Callable[..., Any]


@dataclass(frozen=True)
class PathCall:
    """What a call with one path needs, and leaves behind."""

    need: Need = Need.ENTRY
    effect: Effect = Effect.NONE


_LOOKS = ("stat", "lstat", "access", "readlink", "statvfs", "pathconf", "getxattr", "listxattr")
_MARKS = ("chmod", "chown", "lchown", "lchmod", "utime", "setxattr", "removexattr", "chflags")

_CALLS = {
    **dict.fromkeys((*_LOOKS, *_MARKS), PathCall()),
    "mkdir": PathCall(effect=Effect.MADE),
    "mkfifo": PathCall(effect=Effect.NONE),
    "rmdir": PathCall(Need.LISTING, Effect.REMOVED),
    "remove": PathCall(effect=Effect.REMOVED),
    "unlink": PathCall(effect=Effect.REMOVED),
    "truncate": PathCall(Need.CONTENT, Effect.WRITTEN),
}

_PAIRS = ("rename", "replace", "link", "symlink")


def os_calls(places: DbfsPlaces) -> dict[str, Call]:
    """Name in `os` → the call that knows `/dbfs`; only of what this machine's `os` has."""
    made = {
        name: _path_call(getattr(os, name), places, call)
        for name, call in _CALLS.items()
        if hasattr(os, name)
    }
    made |= {name: _pair_call(getattr(os, name), places) for name in _PAIRS}
    written: dict[int, tuple[int, Place]] = {}
    return made | {
        "listdir": _listdir(os.listdir, places),
        "scandir": _scandir(os.scandir, places),
        "chdir": _chdir(os.chdir, places),
        "getcwd": _getcwd(os.getcwd, places),
        "open": _open(os.open, places, written),
        "close": _close(os.close, places, written),
    }


def _path_call(original: Call, places: DbfsPlaces, call: PathCall) -> Call:
    @wraps(original)
    def run(path: Any, *args: Any, **named: Any) -> Any:
        place = places.place(path, call.need)
        if place is None:
            return original(path, *args, **named)
        with as_written(path):
            if call.effect is Effect.REMOVED:
                _forget_checksums(place)
            result = original(place.real, *args, **named)
            places.settle(place, call.effect)
            return result

    return run


def _forget_checksums(place: Place) -> None:
    """A folder in which only Spark's checksums are left is empty for its user."""
    if not place.mounted and os.path.isdir(place.real):
        names = os.listdir(place.real)
        if not any(map(visible, names)):
            for name in names:
                os.unlink(f"{place.real}/{name}")


def _pair_call(original: Call, places: DbfsPlaces) -> Call:
    @wraps(original)
    def run(src: Any, dst: Any, *args: Any, **named: Any) -> Any:
        source, target = places.place(src), places.place(dst)
        if source is None and target is None:
            return original(src, dst, *args, **named)
        with as_written(src, dst):
            if any(place and place.mounted for place in (source, target)):
                return _across_mounts(original.__name__, places, source, target)
            result = original(
                source.real if source else src, target.real if target else dst, *args, **named
            )
            for place in (source, target):
                if place:
                    forget_checksum(place.real)
            return result

    return run


def _across_mounts(
    name: str, places: DbfsPlaces, source: Place | None, target: Place | None
) -> None:
    """Move by copying; `shutil.move` does it itself when this is refused with EXDEV."""
    if not (source and source.dbfs and target and target.dbfs):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    if name not in {"rename", "replace"}:
        raise PermissionError(errno.EPERM, "S3, which is mounted here, knows no links")
    places.copies.move(source.dbfs, target.dbfs)


def _listdir(original: Call, places: DbfsPlaces) -> Call:
    @wraps(original)
    def listdir(path: Any = None) -> Any:
        place = places.place("." if path is None else path, Need.LISTING)
        if place is None:
            return original(path)
        with as_written(path):
            names = [name for name in original(place.real) if visible(name)]
            return [os.fsencode(name) for name in names] if isinstance(path, bytes) else names

    return listdir


def _scandir(original: Call, places: DbfsPlaces) -> Call:
    @wraps(original)
    def scandir(path: Any = None) -> Any:
        written = "." if path is None else path
        place = places.place(written, Need.LISTING)
        if place is None:
            return original(path)
        with as_written(written):
            return FolderScan(original(place.real), written)

    return scandir


def _chdir(original: Call, places: DbfsPlaces) -> Call:
    @wraps(original)
    def chdir(path: Any) -> None:
        place = places.place(path)
        with as_written(path):
            original(place.real if place else path)
        places.working_folder = (place.dbfs or None) if place else None

    return chdir


def _getcwd(original: Call, places: DbfsPlaces) -> Call:
    @wraps(original)
    def getcwd() -> str:
        if places.working_folder is None:
            return str(original())
        return (ROOT + places.working_folder).rstrip("/")

    return getcwd


def _open(original: Call, places: DbfsPlaces, written: dict[int, tuple[int, Place]]) -> Call:
    @wraps(original)
    def open_descriptor(path: Any, flags: int, *args: Any, **named: Any) -> Any:
        place = places.place(path, Need.CONTENT)
        if place is None:
            return original(path, flags, *args, **named)
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
        with as_written(path):
            descriptor = original(place.real, flags, *args, **named)
        if writes and place.mounted:
            places.copies.begin_write(place.dbfs)
            written[descriptor] = (os.fstat(descriptor).st_ino, place)
        elif writes:
            forget_checksum(place.real)
        return descriptor

    return open_descriptor


def _close(original: Call, places: DbfsPlaces, written: dict[int, tuple[int, Place]]) -> Call:
    @wraps(original)
    def close(fd: int) -> None:
        """Upload what was written, unless others have closed the descriptor and it is another file's by now."""
        file, place = written.pop(fd, (0, None))
        same = place is not None and os.fstat(fd).st_ino == file
        original(fd)
        if place and same:
            with as_written(place.written):
                places.settle(place, Effect.WRITTEN)

    return close
