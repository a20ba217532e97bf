"""The files of a folder that may be somebody's code, read with care: it is a stranger's."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

MOST_FILES = 20_000
MOST_BYTES = 20 * 1024 * 1024

_SKIPPED = {
    "__pycache__", "node_modules", "site-packages", "dist-packages", "venv", "env", "build", "dist",
}  # fmt: skip


class UnreadableError(Exception):
    """A file's text cannot be had; the message says why."""


def code_files(root: Path, endings: set[str]) -> Iterator[Path]:
    """Regular files with one of the endings, sorted; not in hidden folders, nor in those of installed packages.

    Links to folders are not followed.
    """
    seen = 0
    for folder, names, files in os.walk(root):
        kept = (name for name in names if not name.startswith(".") and name not in _SKIPPED)
        names[:] = sorted(name for name in kept if not Path(folder, name, "pyvenv.cfg").exists())
        for name in sorted(files):
            seen += 1
            if seen > MOST_FILES:
                return
            path = Path(folder, name)
            if path.suffix.lower() in endings:
                yield path


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        UnreadableError: it is no file, too large, not ours to read, or no text.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError("no regular file")
        if found.st_size > MOST_BYTES:
            raise UnreadableError(f"larger than {MOST_BYTES // 2**20} MiB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableError(error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise UnreadableError("no text in UTF-8") from error
