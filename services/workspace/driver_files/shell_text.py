"""Commands of a shell, in which `/dbfs/…` becomes the place on this machine's disk."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from shlex import quote
from typing import Any

from services.workspace.driver_files.library_calls import changes_kept
from services.workspace.driver_files.places import ROOT, DbfsPlaces, Need, Place

_PATH = re.compile(rf"(?<![\w./:@-]){ROOT}(?P<rest>/[^\s'\"|;&<>()`*?\[{{$]*)?(?![\w.-])")
"""Up to a blank, a quote or the first sign of a pattern."""


@dataclass(frozen=True)
class ShellCommand:
    """A command for the machine's shell, and its output for the notebook."""

    text: str
    places: DbfsPlaces | None

    def shown(self, output: str) -> str:
        """The output with paths as the notebook knows them."""
        places = self.places
        for root in (places.copies.known_root, places.folder) if places else ():
            output = output.replace(root, ROOT) if root else output
        return output


@contextmanager
def on_disk(text: str, places: DbfsPlaces | None) -> Iterator[ShellCommand]:
    """A command on this machine's disk: what it names below a mount is there, and S3 has what it changed at the end.

    Raises:
        OSError: S3 does not give or take it.
    """
    if places is None:
        yield ShellCommand(text, None)
        return
    found: list[Place] = []
    real = _translation(text, places, found)
    command = ShellCommand(_PATH.sub(real, text), places)
    with changes_kept(places, found):
        yield command


def system_call(original: Callable[[Any], int], places: DbfsPlaces) -> Callable[[Any], int]:
    """What `os.system` is from then on."""

    @wraps(original)
    def system(command: Any) -> int:
        with on_disk(command, places) if isinstance(command, str) else nullcontext() as known:
            return original(known.text if known else command)

    return system


def popen_start(original: Callable[..., None], places: DbfsPlaces) -> Callable[..., None]:
    """What `subprocess.Popen.__init__` is from then on; what its process writes below a mount is not uploaded."""

    @wraps(original)
    def start(process: Any, args: Any, *rest: Any, **named: Any) -> None:
        if isinstance(args, str):
            args = _PATH.sub(_translation(args, places, []), args)
        elif isinstance(args, list | tuple):
            args = [_argument(argument, places) for argument in args]
        if named.get("cwd") is not None:
            named["cwd"] = _argument(named["cwd"], places)
        original(process, args, *rest, **named)

    return start


def _argument(value: Any, places: DbfsPlaces) -> Any:
    if not isinstance(value, str | os.PathLike):
        return value
    place = places.place(value, Need.CONTENT)
    return place.real if place else value


def _translation(
    text: str, places: DbfsPlaces, found: list[Place]
) -> Callable[[re.Match[str]], str]:
    """How a path in a command is spelled on this machine; where it is a copy, it is added to `found`."""

    def real(match: re.Match[str]) -> str:
        place = places.place(match[0], Need.CONTENT)
        if place is None:
            return match[0]
        if not place.mounted:
            return quote(places.folder) + match[0][len(ROOT) :]
        goes_on = text[match.end() : match.end() + 1] in {*"*?[{$"}
        found.append(_above(place) if goes_on else place)
        return quote(place.real) + ("/" if match[0].endswith("/") else "")

    def _above(place: Place) -> Place:
        """A pattern's folder, with all that it may fit."""
        folder = place if str(place.written).endswith("/") else None
        return folder or places.place(place.written.rpartition("/")[0], Need.CONTENT) or place

    return real
