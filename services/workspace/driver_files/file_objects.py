"""`open` for paths below `/dbfs`: what is written below a mount reaches S3 when the file is closed."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from services.workspace.driver_files.places import DbfsPlaces, Effect, Need, Place, as_written


def open_call(places: DbfsPlaces) -> Callable[..., Any]:
    """What `open` and `io.open` are from then on."""
    original: Callable[..., Any] = io.open

    @wraps(original)
    def open_file(file: Any, mode: str = "r", *args: Any, opener: Any = None, **named: Any) -> Any:
        writes = bool({*"wax+"} & {*mode})
        need = Need.ENTRY if "w" in mode or "x" in mode else Need.CONTENT
        place = None if opener else places.place(file, need)
        if place is None:
            return original(file, mode, *args, opener=opener, **named)
        with as_written(file):
            if place.mounted and writes:
                return _open_copy(places, place, mode, *args, **named)
            handle: Any = original(place.real, mode, *args, **named)
            if writes:
                places.settle(place, Effect.WRITTEN)
        _raw(handle).name = file
        return handle

    return open_file


class UploadedFile(io.FileIO):
    """The copy of a file, whose content goes where it belongs once it is closed."""

    def __init__(self, places: DbfsPlaces, place: Place, mode: str) -> None:
        super().__init__(place.real, mode)
        self.name = place.written
        self._places = places
        self._place = place
        places.copies.begin_write(place.dbfs)

    def close(self) -> None:
        """Close the copy, and let the storage have it.

        Raises:
            OSError: the storage does not take it.
        """
        if self.closed:
            return
        super().close()
        if hasattr(self, "_place"):
            with as_written(self._place.written):
                self._places.settle(self._place, Effect.WRITTEN)


def _open_copy(
    places: DbfsPlaces, place: Place, mode: str, buffering: int = -1, *args: Any, **named: Any
) -> Any:
    """The layers that Python's own `open` puts over a file."""
    binary = "b" in mode
    raw = UploadedFile(places, place, mode.replace("b", "").replace("t", ""))
    if binary and buffering == 0:
        return raw
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    buffered: Any = io.BufferedRandom(raw, size) if "+" in mode else io.BufferedWriter(raw, size)
    if binary:
        return buffered
    named.pop("closefd", None)
    named["line_buffering"] = buffering == 1
    text: Any = io.TextIOWrapper(buffered, *args[:3], **named)
    text.mode = mode
    return text


def _raw(handle: Any) -> Any:
    """The lowest layer, which holds the name."""
    below = getattr(handle, "buffer", handle)
    return getattr(below, "raw", below)
