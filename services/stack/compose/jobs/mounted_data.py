"""A path of this machine, shown to a container: `make load DATA=…`."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

_OPTION = "--data"
_INSIDE = Path("/data")


class DataError(Exception):
    """A path cannot be shown to a container; the message says which, and what to do."""


def mounted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Arguments with the path as the container sees it, and the mount that puts it there, read-only.

    Raises:
        DataError: there is no such path, or the container's user could not read it.
    """
    given = list(arguments)
    position = next((at + 1 for at, word in enumerate(given) if word == _OPTION), len(given))
    if position >= len(given) or not given[position]:
        return given, []
    path = Path(given[position]).expanduser().resolve()
    _require_readable(path)
    inside = _INSIDE / path.name
    return [*given[:position], str(inside), *given[position + 1 :]], [f"{path}:{inside}:ro"]


def _require_readable(path: Path) -> None:
    if not path.exists():
        raise DataError(f"There is no {path}.")
    for one in [path, *_below(path)]:
        needed = stat.S_IROTH | (stat.S_IXOTH if one.is_dir() else 0)
        if one.stat().st_mode & needed != needed:
            raise DataError(
                f"{one} can be read by its owner alone, and the container is another user. "
                f"`chmod -R o+rX {path}`, or load a copy in a folder that others may read."
            )


def _below(path: Path) -> Iterator[Path]:
    if path.is_dir():
        with os.scandir(path) as entries:
            yield from (Path(entry) for entry in entries if not entry.name.startswith("."))
