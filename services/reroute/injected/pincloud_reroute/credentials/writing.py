"""Missing files, written to be edited: `make run SCRIPT=… WRITE_CONFIG=1`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .file_text import BLANK, Text, named

if TYPE_CHECKING:
    from ..process_context import ProcessContext


_MARK = "written-"


def written(folder: str | os.PathLike[str]) -> int:
    """How many files a run, whose folder this is, has written."""
    return sum(name.startswith(_MARK) for name in os.listdir(folder))


def write_missing(context: ProcessContext, path: str, text: Text) -> str:
    """Write the file where the script looks for it, and say what is to be edited; never over another.

    Raises:
        FileExistsError: somebody else wrote it meanwhile.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text.text)
    mark = os.path.join(
        context.configuration.folder, f"{_MARK}{os.getpid()}-{os.path.basename(path)}"
    )
    os.close(os.open(mark, os.O_WRONLY | os.O_CREAT, 0o600))
    context.say(f"{path} is written, with the local values{_to_edit(text)}", key=f"written {path}")
    return path


def _to_edit(text: Text) -> str:
    return f". Edit it: {named(text.unknown)} (each {BLANK})" if text.unknown else ""
