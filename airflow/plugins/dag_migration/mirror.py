"""A folder and its migrated copy, kept in step file by file."""

import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from dag_migration import duplicate_dag_ids, migrated_copy
from dag_migration.dag_ids import ids

log = logging.getLogger(__name__)

_IGNORED = "__pycache__"


@dataclass(frozen=True)
class _File:
    """What was last seen of one of the user's files.

    Attributes:
        stamp: When it was changed, and its size: a file is read anew when one of them differs.
        ids: The DAG ids that it names.
        wrong: Why Airflow must not load it; empty when it may.
    """

    stamp: tuple[int, int]
    ids: tuple[str, ...]
    wrong: str = ""


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
    _last_seen: dict[Path, _File] = field(default_factory=dict)

    def refresh(self) -> None:
        """Make what is new, remake what has changed, remove what has gone."""
        files = dict(self._files())
        wrong = duplicate_dag_ids.find({path: file.ids for path, file in files.items()})
        for path, file in files.items():
            judged = replace(file, wrong=wrong.get(path, ""))
            if judged != self._last_seen.get(path) or not (self.copies / path).is_file():
                self._serve(path, judged.wrong)
                self._last_seen[path] = judged
        self._forget(set(files))

    def _files(self) -> Iterator[tuple[Path, _File]]:
        """Every file by its path in the folder, in the order of the paths; what cannot be read is left out."""
        for file in sorted(self.source.rglob("*")):
            path = file.relative_to(self.source)
            if any(_is_hidden(part) or part == _IGNORED for part in path.parts):
                continue
            try:
                if file.is_file() and os.access(file, os.R_OK):
                    yield path, self._inspect(path)
            except OSError as error:
                log.warning("%s cannot be read and is left out: %s", file, error)

    def _inspect(self, path: Path) -> _File:
        file, last_seen = self.source / path, self._last_seen.get(path)
        stamp = (file.stat().st_mtime_ns, file.stat().st_size)
        if last_seen and last_seen.stamp == stamp:
            return last_seen
        named = ids(migrated_copy.decode(file.read_bytes())) if path.suffix == ".py" else []
        return _File(stamp, tuple(named))

    def _serve(self, path: Path, wrong: str) -> None:
        text, diff = (self.source / path).read_bytes(), ""
        if path.suffix == ".py":
            text, diff = migrated_copy.make(text, self.source / path, self.taken, wrong)
        _write(self.copies / path, text)
        if diff:
            _write(self._change(path), diff.encode("utf-8", "backslashreplace"))
        else:
            self._change(path).unlink(missing_ok=True)

    def _change(self, path: Path) -> Path:
        return self.changes / path.with_name(f"{path.name}.diff")

    def _forget(self, present: set[Path]) -> None:
        """Remove the copies of what is not there any more, also of what vanished while nothing refreshed."""
        for copy in [file for file in self.copies.rglob("*") if file.is_file()]:
            path = copy.relative_to(self.copies)
            if path not in present and _IGNORED not in path.parts:
                copy.unlink()
                self._change(path).unlink(missing_ok=True)
                self._last_seen.pop(path, None)
        for folder in sorted(self.copies.rglob("*"), reverse=True):
            if folder.is_dir() and not _holds_files(folder):
                shutil.rmtree(folder)


def _is_hidden(name: str) -> bool:
    """Airflow itself reads which files of a folder are no DAGs."""
    return name.startswith(".") and name != ".airflowignore"


def _holds_files(folder: Path) -> bool:
    return any(file.is_file() and file.parent.name != _IGNORED for file in folder.rglob("*"))


def _write(file: Path, data: bytes) -> None:
    """All or nothing, and only when it changes something: Airflow reads a file anew when its time changes."""
    if file.is_file() and file.read_bytes() == data:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.new")
    scratch.write_bytes(data)
    scratch.replace(file)
