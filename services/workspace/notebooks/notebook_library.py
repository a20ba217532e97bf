"""Finding a notebook of the workspace by path, by name, or by a name that is spelled loosely."""

import difflib
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from services.workspace.notebooks.dbc_archive import archive_entries
from services.workspace.notebooks.notebook_errors import (
    NotebookAmbiguous,
    NotebookNotFound,
    NotebookUnreadable,
)
from services.workspace.notebooks.notebook_location import (
    ARCHIVE,
    NotebookLocation,
    ending_of,
    without_ending,
)
from services.workspace.notebooks.source_file import SOURCE_LANGUAGES, is_source_notebook

USER_FOLDER = "/user"
"""Holds the user's notebooks, and is looked through as if it were the root."""

_PREFIX = "/Workspace"
_CLOSEST = 5

Matcher = Callable[[NotebookLocation], bool]
"""Whether a location is what a path means, by one rule."""


class NotebookLibrary:
    """The notebooks below one folder.

    Paths are compared with what lies in the folder, and never opened as they were asked for: nothing leads
    out of it, except a link that its owner put there.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, path: str, relative_to: str | None = None) -> NotebookLocation:
        """Where a notebook lies: at its path, else below the user's folder, else wherever its last part is.

        Args:
            path: As it was asked for: absolute, with or without `/Workspace` and an ending, or relative.
            relative_to: Workspace path of the notebook that asks; relative paths start in its folder.

        Raises:
            NotebookNotFound: nothing answers to it.
            NotebookAmbiguous: several do.
        """
        locations = list(self.locations())
        for way in _matchers(_normal(path, relative_to)):
            found = _preferred([location for location in locations if way(location)])
            if len(found) > 1:
                raise NotebookAmbiguous(path, sorted(location.full_path for location in found))
            if found:
                return found[0]
        raise NotebookNotFound(path, _closest(path, locations), str(self.root))

    def locations(self) -> Iterator[NotebookLocation]:
        """All notebooks, in no order; hidden folders and Python's caches hold none."""
        seen: set[str] = set()
        for folder, below, names in os.walk(self.root, followlinks=True):
            real = os.path.realpath(folder)
            below[:] = [] if real in seen else [n for n in below if not n.startswith((".", "__"))]
            if real not in seen:
                seen.add(real)
                yield from self._in_folder(Path(folder), names)

    def _in_folder(self, folder: Path, names: Iterable[str]) -> Iterator[NotebookLocation]:
        for name in names:
            file = folder / name
            if ending_of(name) and not name.startswith("."):
                full_path = f"/{file.relative_to(self.root).as_posix()}"
                yield from _locations_of(file, full_path)


def _locations_of(file: Path, full_path: str) -> list[NotebookLocation]:
    whole = [NotebookLocation(full_path, file)]
    if ending_of(file.name) != ARCHIVE:
        return whole
    try:
        entries = archive_entries(file)
    except NotebookUnreadable:
        return whole
    return [NotebookLocation(f"{full_path}/{entry}", file, entry) for entry in entries] or whole


def _normal(path: str, relative_to: str | None) -> str:
    """An absolute path without `.` and `..`; what would lead above the root stays below it."""
    folder = posixpath.dirname(relative_to) if relative_to else "/"
    return posixpath.normpath("/" + posixpath.join(folder, path.strip())).replace("//", "/")


def _matchers(path: str) -> Iterator[Matcher]:
    """Ways to understand a path, the most literal first; the file may have got another ending since."""
    wholes = dict.fromkeys((path, path.removeprefix(_PREFIX)))
    for ended in (wholes, dict.fromkeys(map(without_ending, wholes))):
        for whole in ended:
            yield _is_named(whole)
            yield _is_named(USER_FOLDER + whole)
    last = posixpath.basename(path)
    if last:
        yield _has_last_part(last)
        yield _has_last_part(without_ending(last))
        yield _has_last_part(_loose(without_ending(last)), _loose)


def _is_named(path: str) -> Matcher:
    return lambda location: path in location.names


def _has_last_part(last: str, spelling: Callable[[str], str] = str) -> Matcher:
    return lambda location: any(spelling(posixpath.basename(n)) == last for n in location.names)


def _preferred(found: Sequence[NotebookLocation]) -> Sequence[NotebookLocation]:
    """Notebooks go before programs of the same name, which are often modules; the user's before our pipeline's."""
    for worse in (_is_program, _is_ours):
        better = [location for location in found if not worse(location)] if found[1:] else []
        found = better or found
    return found


def _is_ours(location: NotebookLocation) -> bool:
    return not location.path.startswith(f"{USER_FOLDER}/")


def _is_program(location: NotebookLocation) -> bool:
    language = SOURCE_LANGUAGES.get(location.ending)
    if language is None or location.entry is not None:
        return False
    try:
        with location.file.open(encoding="utf-8-sig", errors="replace") as lines:
            return not is_source_notebook(lines.readline(), language)
    except OSError:
        return False


def _loose(name: str) -> str:
    """A name without what a download changes in it: signs become `_` or vanish, and so may capitals."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _closest(path: str, locations: Sequence[NotebookLocation]) -> list[str]:
    by_name: dict[str, list[str]] = {}
    for location in locations:
        by_name.setdefault(_loose(posixpath.basename(location.path)), []).append(location.path)
    wanted = _loose(without_ending(posixpath.basename(path.rstrip("/"))))
    names = difflib.get_close_matches(wanted, by_name, n=_CLOSEST, cutoff=0.5)
    return [path for name in names for path in sorted(by_name[name])][:_CLOSEST]
