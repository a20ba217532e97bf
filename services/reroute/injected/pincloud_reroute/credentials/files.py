"""Stand-ins for configuration files that a script opens and that do not exist."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .file_names import (
    example_of,
    has_dotenv_above,
    is_amazons,
    is_configuration,
    is_of_a_library,
    is_offered_anywhere,
    last_part,
)
from .file_text import FileText
from .meaning.values import Values
from .usage.project import read_usage
from .writing import write_missing

if TYPE_CHECKING:
    from ..process_context import ProcessContext
    from .usage.project import Usage

# The user's process sees changed functions; these are the true ones.
_exists, _open = os.path.exists, open


class StandIns:
    """The run's stand-ins; files in its folder, readable by the user alone."""

    def __init__(self, context: ProcessContext) -> None:
        self._here = context
        self._texts = FileText(Values(context.configuration))

    def wanted(self, path: Any) -> str | None:
        """The absolute path of a file that is missing and that we have a stand-in for."""
        if isinstance(path, int):
            return None
        text = os.fsdecode(path)
        full = os.path.abspath(text)
        name = last_part(text)
        if is_of_a_library(full) or not self._is_near(full, name) or _exists(full):
            return None
        if has_dotenv_above(full, name) or not is_configuration(full, self._usage):
            return None
        return full

    def take(self, path: Any) -> str | None:
        """The stand-in for a missing file, made now; None if there is none."""
        full = self.wanted(path)
        if full is None:
            return None
        example = example_of(full)
        blanks = self._here.configuration.write
        text = self._texts.of(last_part(full), example, self._usage, blanks=blanks)
        self._here.offer(last_part(full), text.unknown)
        if blanks:
            return write_missing(self._here, full, text)
        origin = f" under the keys of {os.path.basename(example)}" if example else ""
        message = f"{last_part(full)} is missing: offered with local values{origin}"
        self._here.say(message + text.not_guessed, key=full)
        return self._kept(full, text.text)

    @property
    def _usage(self) -> Usage:
        return read_usage(self._here.configuration.root)

    def _is_near(self, full: str, name: str) -> bool:
        if is_amazons(full) or full.startswith(os.path.expanduser("~/.")):
            return self._here.is_asked_by_own_code()
        above = os.path.dirname(self._here.configuration.root)
        return full.startswith(above.rstrip(os.sep) + os.sep) or is_offered_anywhere(name)

    def _kept(self, full: str, text: str) -> str:
        mark = sha256(full.encode(errors="replace")).hexdigest()
        kept = os.path.join(self._here.configuration.folder, f"file-{mark}")
        scratch = f"{kept}.{os.getpid()}"
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(scratch, kept)
        return kept
