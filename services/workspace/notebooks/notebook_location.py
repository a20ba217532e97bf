"""Where a notebook lies, and all the names that it answers to."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.workspace.notebooks.dbc_archive import without_archive_ending
from services.workspace.notebooks.source_file import SOURCE_LANGUAGES

ARCHIVE = ".dbc"
ENDINGS = (".ipynb", *SOURCE_LANGUAGES, ARCHIVE)
"""Of files that hold notebooks."""


def ending_of(name: str) -> str:
    """The ending of a notebook's file, or nothing; a dot elsewhere in a name is none."""
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")


def without_ending(name: str) -> str:
    """The name as the workspace shows it."""
    return name[: len(name) - len(ending_of(name))]


@dataclass(frozen=True)
class NotebookLocation:
    """A notebook's path and file.

    Attributes:
        full_path: From `/`, with the file's ending; a notebook of an archive is below the archive's name.
        file: The file.
        entry: Name inside an archive.
    """

    full_path: str
    file: Path
    entry: str | None = None

    @property
    def ending(self) -> str:
        """The file's ending, in small letters."""
        return ending_of(self.file.name)

    @cached_property
    def path(self) -> str:
        """From `/`, without an ending."""
        if self.entry is None:
            return without_ending(self.full_path)
        return f"{without_ending(self.archive_path)}/{without_archive_ending(self.entry)}"

    @property
    def archive_path(self) -> str:
        """Path of the archive that holds it, with the ending."""
        return self.full_path.removesuffix(f"/{self.entry}")

    @cached_property
    def names(self) -> frozenset[str]:
        """Paths, with and without ending, that mean this notebook; an archive's means all that it holds."""
        if self.entry is None:
            return frozenset({self.full_path, self.path})
        inside = without_archive_ending(self.entry)
        archive = self.archive_path
        folders = {archive, without_ending(archive)}
        return frozenset({*folders, *(f"{f}/{e}" for f in folders for e in (self.entry, inside))})
