"""A folder and its migrated copy, kept in step file by file."""

import hashlib
import logging
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dag_migration import clashes, served
from dag_migration.dag_ids import ids

log = logging.getLogger(__name__)

_PASSED_OVER = "__pycache__"


@dataclass
class Mirror:
    """Copies of a user's files, the Python ones migrated; what was changed in each lies beside.

    Attributes:
        source: The user's folder; nothing is ever written there.
        copies: Where Airflow reads.
        changes: A `.diff` for every file that was changed.
        taken: A DAG id that the user's files may not use.
    """

    source: Path
    copies: Path
    changes: Path
    taken: str = ""
    _known: dict[Path, str] = field(default_factory=dict)

    def refresh(self) -> None:
        """Make what is new, remake what has changed, remove what has gone; a file that cannot be read is left out."""
        contents = dict(self._read())
        wrong = clashes.find({path: ids(served.decode(data)) for path, data in _scripts(contents)})
        for path, data in contents.items():
            digest = hashlib.sha256(data + wrong.get(path, "").encode()).hexdigest()
            if self._known.get(path) != digest:
                self._serve(path, data, wrong.get(path, ""))
                self._known[path] = digest
        self._forget(set(contents))

    def _read(self) -> Iterator[tuple[Path, bytes]]:
        """Every file of the user's by its path in the folder, in the order of the paths."""
        for file in sorted(self.source.rglob("*")):
            path = file.relative_to(self.source)
            if any(part.startswith(".") or part == _PASSED_OVER for part in path.parts):
                continue
            try:
                if file.is_file():
                    yield path, file.read_bytes()
            except OSError as error:
                log.warning("%s cannot be read and is left out: %s", file, error)

    def _serve(self, path: Path, data: bytes, wrong: str) -> None:
        copy, change = self.copies / path, self._change(path)
        text, diff = data, ""
        if path.suffix == ".py":
            text, diff = served.make(data, self.source / path, self.taken, wrong)
        _write(copy, text)
        if diff:
            _write(change, diff.encode("utf-8", "backslashreplace"))
        else:
            change.unlink(missing_ok=True)

    def _change(self, path: Path) -> Path:
        return self.changes / path.with_name(f"{path.name}.diff")

    def _forget(self, present: set[Path]) -> None:
        """Remove the copies of what is not there any more, also of what vanished while nobody looked."""
        for copy in [file for file in self.copies.rglob("*") if file.is_file()]:
            path = copy.relative_to(self.copies)
            if path not in present and _PASSED_OVER not in path.parts:
                copy.unlink()
                self._change(path).unlink(missing_ok=True)
                self._known.pop(path, None)
        for folder in sorted(self.copies.rglob("*"), reverse=True):
            if folder.is_dir() and not _holds_files(folder):
                shutil.rmtree(folder)


def _scripts(contents: Mapping[Path, bytes]) -> Iterator[tuple[Path, bytes]]:
    return ((path, data) for path, data in contents.items() if path.suffix == ".py")


def _holds_files(folder: Path) -> bool:
    return any(file.is_file() and file.parent.name != _PASSED_OVER for file in folder.rglob("*"))


def _write(file: Path, data: bytes) -> None:
    """All or nothing, and only when it changes something: Airflow reads a file anew when its time changes."""
    if file.is_file() and file.read_bytes() == data:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.new")
    scratch.write_bytes(data)
    scratch.replace(file)
